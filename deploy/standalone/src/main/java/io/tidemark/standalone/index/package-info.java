/** Index builds that standalone starts by itself, or on demand. */
@NullMarked
package io.tidemark.standalone.index;

import org.jspecify.annotations.NullMarked;
