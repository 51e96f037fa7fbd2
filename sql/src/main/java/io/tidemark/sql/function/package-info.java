/** Scalar functions over vectors, with the scores that searches give. */
@NullMarked
package io.tidemark.sql.function;

import org.jspecify.annotations.NullMarked;
