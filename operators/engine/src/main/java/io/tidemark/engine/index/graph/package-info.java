/** Graphs over vectors: their builders, their file format and their search. */
@NullMarked
package io.tidemark.engine.index.graph;

import org.jspecify.annotations.NullMarked;
