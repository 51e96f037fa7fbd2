/** Errors as Milvus clients see them: one code, one exception type. */
@NullMarked
package io.tidemark.model.error;

import org.jspecify.annotations.NullMarked;
