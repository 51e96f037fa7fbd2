/**
 * Filter expressions after they were checked against a schema: a typed tree that knows nothing of
 * parsing or evaluation.
 */
@NullMarked
package io.tidemark.model.expression;

import org.jspecify.annotations.NullMarked;
