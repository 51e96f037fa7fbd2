package io.tidemark.serving.read;

import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A search, checked against the schema by the caller.
 *
 * @param fieldId a vector field
 * @param queries one per query, of the field's type and dimension
 * @param limit hits per query after {@code offset}
 * @param filter made for this collection's schema
 * @param partitions only there; empty for all that are loaded
 * @param outputFields ids of the fields to return, without the primary key unless wanted there too
 * @param guaranteeTimestamp the log is read up to here first; 1 for no wait
 * @param ignoreGrowing leaves out what is not in the table yet
 * @param timeout of the wait for the log
 * @param exact every row that passes is scored: indexes are left aside
 * @param explain the answer says how each segment was searched
 */
public record SearchCommand(
    CollectionInfo collection,
    int fieldId,
    Metric metric,
    List<QueryVector> queries,
    int limit,
    int offset,
    SearchParameters parameters,
    Filter filter,
    Set<String> partitions,
    List<Integer> outputFields,
    long guaranteeTimestamp,
    boolean ignoreGrowing,
    Duration timeout,
    boolean exact,
    boolean explain) {
  public SearchCommand {
    queries =
        metric == Metric.COSINE
            ? queries.stream().map(SearchCommand::inRange).toList()
            : List.copyOf(queries);
    partitions = Set.copyOf(partitions);
    outputFields = List.copyOf(outputFields);
    if (limit < 1 || offset < 0) {
      throw TidemarkException.invalid(
          "limit " + limit + " and offset " + offset + ": expected limit ≥ 1, offset ≥ 0");
    }
  }

  private static QueryVector inRange(QueryVector query) {
    return query instanceof DenseQuery dense ? dense.inRange() : query;
  }

  /** The same search in that way. */
  public SearchCommand with(boolean nowExact, boolean nowExplain) {
    return with(queries, limit, offset, nowExact, nowExplain);
  }

  /** The same search for other vectors and another number of hits, from the first. */
  SearchCommand with(List<QueryVector> otherQueries, int otherLimit) {
    return with(otherQueries, otherLimit, 0, exact, explain);
  }

  private SearchCommand with(
      List<QueryVector> otherQueries,
      int otherLimit,
      int otherOffset,
      boolean nowExact,
      boolean nowExplain) {
    return new SearchCommand(
        collection,
        fieldId,
        metric,
        otherQueries,
        otherLimit,
        otherOffset,
        parameters,
        filter,
        partitions,
        outputFields,
        guaranteeTimestamp,
        ignoreGrowing,
        timeout,
        nowExact,
        nowExplain);
  }
}
