/**
 * Filters: from the text of Milvus's filter language to the rows that pass. Text → tokens ({@link
 * io.tidemark.engine.filter.FilterLimits} bounds them) → parse tree (grammar {@code Expression.g4})
 * → typed tree ({@link io.tidemark.model.expression.Condition}) → {@link
 * io.tidemark.engine.filter.Evaluation}, which works column by column.
 */
@NullMarked
package io.tidemark.engine.filter;

import org.jspecify.annotations.NullMarked;
