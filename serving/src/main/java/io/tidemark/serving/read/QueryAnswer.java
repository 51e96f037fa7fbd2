package io.tidemark.serving.read;

import io.tidemark.model.column.EntityBatch;

/**
 * What a query found.
 *
 * @param rows in the order of their primary keys, each key once; empty for a count
 * @param count of a count: live rows that pass, a key that was plainly inserted twice counting
 *     twice, as in Milvus; else the number of {@code rows}
 * @param readTimestamp the log was read at least up to here
 */
public record QueryAnswer(EntityBatch rows, long count, long readTimestamp) {}
