/** Inverted lists of sparse vectors: the rows that have a number at a place, window by window. */
@NullMarked
package io.tidemark.engine.index.sparse;

import org.jspecify.annotations.NullMarked;
