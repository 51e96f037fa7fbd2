package io.tidemark.serving.read;

import io.tidemark.engine.segment.SearchPlan;
import java.util.List;
import java.util.Map;

/**
 * How a search was done.
 *
 * @param readTimestamp hybrid: the log was read at least up to here
 * @param queries vectors that were searched for
 * @param filterNanos evaluating the filter in all segments, from start to end
 * @param searchNanos searching all of them, from start to end
 * @param segments those of the view with live rows, sealed ones first
 */
public record SearchExplanation(
    long readTimestamp,
    int queries,
    long filterNanos,
    long searchNanos,
    List<ExplainedSegment> segments) {
  public SearchExplanation {
    segments = List.copyOf(segments);
  }

  /**
   * What the queries cost in one segment, all together.
   *
   * @param id for logs; growing ones share theirs
   * @param kind {@code growing}, {@code sealed}
   * @param index the type of its index over the field; empty if it has none
   * @param rows dead ones included
   * @param alive rows that are not deleted
   * @param passing of them, those that pass the filter, are in a wanted partition and have a vector
   * @param plans how many queries went which way
   * @param scored rows, or codes of rows, that were compared with queries
   * @param nanos of the searching threads
   */
  public record ExplainedSegment(
      String id,
      String kind,
      String index,
      int rows,
      int alive,
      int passing,
      Map<SearchPlan, Integer> plans,
      long scored,
      long nanos) {
    public ExplainedSegment {
      plans = Map.copyOf(plans);
    }
  }
}
