/** Columnar batches of entities, and their bytes. */
@NullMarked
package io.tidemark.model.column;

import org.jspecify.annotations.NullMarked;
