package io.tidemark.engine.segment;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One query vector against one segment. Immutable as long as nobody writes to what it was given.
 */
public final class SegmentQuery {
  private final int fieldId;
  private final Metric metric;
  private final QueryVector query;
  private final int k;
  private final SearchParameters parameters;
  private final @Nullable BitSet filter;
  private final boolean exact;

  /** For a search that may take indexes. */
  public SegmentQuery(
      int fieldId,
      Metric metric,
      QueryVector query,
      int k,
      SearchParameters parameters,
      @Nullable BitSet filter) {
    this(fieldId, metric, query, k, parameters, filter, false);
  }

  /**
   * @param query of the field's type and dimension
   * @param k hits wanted at most, from 1
   * @param filter rows that pass, or null for all; kept, not copied
   * @param exact every row that passes is to be scored
   */
  public SegmentQuery(
      int fieldId,
      Metric metric,
      QueryVector query,
      int k,
      SearchParameters parameters,
      @Nullable BitSet filter,
      boolean exact) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + ", expected at least 1");
    }
    this.fieldId = fieldId;
    this.metric = metric;
    this.query = query;
    this.k = k;
    this.parameters = parameters;
    this.filter = filter;
    this.exact = exact;
  }

  public int fieldId() {
    return fieldId;
  }

  public Metric metric() {
    return metric;
  }

  public QueryVector query() {
    return query;
  }

  public int k() {
    return k;
  }

  public SearchParameters parameters() {
    return parameters;
  }

  public @Nullable BitSet filter() {
    return filter;
  }

  public boolean exact() {
    return exact;
  }

  /** A collector for this query's hits, already restricted to its range. */
  public TopK collector() {
    TopK out = new TopK(k, metric);
    out.restrict(parameters.radius(), parameters.rangeFilter());
    return out;
  }
}
