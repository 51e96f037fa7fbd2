/** Codes that stand for vectors: smaller and cheaper to score, at some loss. */
@NullMarked
package io.tidemark.engine.index.quantise;

import org.jspecify.annotations.NullMarked;
