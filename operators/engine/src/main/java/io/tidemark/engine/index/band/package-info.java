/** Signatures in bands, of which rows that are like a query share at least one. */
@NullMarked
package io.tidemark.engine.index.band;

import org.jspecify.annotations.NullMarked;
