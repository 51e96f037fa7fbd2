/** Finding and deleting files that nothing names any more, and none that something may yet name. */
@NullMarked
package io.tidemark.stores.lake.orphan;

import org.jspecify.annotations.NullMarked;
