package io.tidemark.engine.segment;

/**
 * What one query cost in one segment.
 *
 * @param passing rows that are alive, pass the filter and have a vector
 * @param scored rows, or codes of rows, that were compared with the query
 */
public record SegmentWork(SearchPlan plan, int passing, long scored) {
  public static final SegmentWork NONE = new SegmentWork(SearchPlan.NONE, 0, 0);
}
