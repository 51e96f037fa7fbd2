package io.tidemark.serving.read.recall;

import java.util.List;

/**
 * What was measured of a collection at one moment.
 *
 * @param readTimestamp hybrid: the log was read at least up to here
 * @param rows live ones at that moment
 * @param queries stored rows that were asked for
 * @param figures by kind of segment, the total last; empty if nothing passes the filter
 */
public record RecallReport(
    long readTimestamp, int k, long rows, int queries, List<RecallFigure> figures) {
  public RecallReport {
    figures = List.copyOf(figures);
  }
}
