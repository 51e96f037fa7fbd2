/** Exact search, by no index at all. */
@NullMarked
package io.tidemark.engine.index.flat;

import org.jspecify.annotations.NullMarked;
