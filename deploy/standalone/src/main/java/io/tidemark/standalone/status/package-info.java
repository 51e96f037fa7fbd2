/** What a running Tidemark says of itself. */
@NullMarked
package io.tidemark.standalone.status;

import org.jspecify.annotations.NullMarked;
