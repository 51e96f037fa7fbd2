/** What the lake tells about a table: segments and their indexes. */
@NullMarked
package io.tidemark.model.lake;

import org.jspecify.annotations.NullMarked;
