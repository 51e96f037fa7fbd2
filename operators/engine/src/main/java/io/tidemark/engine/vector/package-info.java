/**
 * Float vectors on the heap: their layout, the SIMD kernels that score them, exact search over them
 * and the bounded collector of the best.
 */
@NullMarked
package io.tidemark.engine.vector;

import org.jspecify.annotations.NullMarked;
