package io.tidemark.serving.read;

import io.tidemark.engine.filter.Filter;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A query by filter, checked against the schema by the caller.
 *
 * @param filter made for this collection's schema
 * @param partitions only there; empty for all that are loaded
 * @param outputFields ids of the fields to return
 * @param limit most rows to return after {@code offset}; -1 for all
 * @param countOnly just counts
 * @param guaranteeTimestamp the log is read up to here first; 1 for no wait
 * @param ignoreGrowing only rows that are in the table
 * @param timeout of the wait for the log
 */
public record QueryCommand(
    CollectionInfo collection,
    Filter filter,
    Set<String> partitions,
    List<Integer> outputFields,
    long limit,
    long offset,
    boolean countOnly,
    long guaranteeTimestamp,
    boolean ignoreGrowing,
    Duration timeout) {
  public QueryCommand {
    partitions = Set.copyOf(partitions);
    outputFields = List.copyOf(outputFields);
    if (limit < -1 || offset < 0) {
      throw TidemarkException.invalid(
          "limit " + limit + " and offset " + offset + ": expected limit ≥ -1, offset ≥ 0");
    }
  }
}
