package io.tidemark.serving.read;

import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.serving.read.SearchExplanation.ExplainedSegment;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an explained search notes beside what every search does. Each task's time has one writer.
 */
final class ExplainedRun {
  private final ReadView view;
  private final List<LiveSegment> all;
  private final long filterNanos;
  private long[] nanos = {};
  private long start;
  private long searchNanos;

  /**
   * @param all segments that were looked at
   * @param filterNanos of the filter, in all of them
   */
  ExplainedRun(ReadView view, List<LiveSegment> all, long filterNanos) {
    this.view = view;
    this.all = all;
    this.filterNanos = filterNanos;
  }

  void started(int tasks) {
    nanos = new long[tasks];
    start = System.nanoTime();
  }

  /** Adds to what the task took before, if it runs again. */
  void took(int task, long taskNanos) {
    nanos[task] += taskNanos;
  }

  void ended() {
    searchNanos = System.nanoTime() - start;
  }

  /**
   * @param searched of all segments, those with rows that pass
   * @param works by query, then by searched segment
   */
  SearchExplanation explanation(
      SearchCommand command, long readTimestamp, List<LiveSegment> searched, SegmentWork[] works) {
    List<ExplainedSegment> segments = new ArrayList<>();
    int target = 0;
    for (LiveSegment live : all) {
      boolean wasSearched = target < searched.size() && searched.get(target).rows() == live.rows();
      segments.add(explained(command, live, wasSearched ? target : -1, searched.size(), works));
      target += wasSearched ? 1 : 0;
    }
    return new SearchExplanation(
        readTimestamp, command.queries().size(), filterNanos, searchNanos, segments);
  }

  private ExplainedSegment explained(
      SearchCommand command, LiveSegment live, int target, int targets, SegmentWork[] works) {
    int passing = 0;
    long scored = 0;
    long took = 0;
    Map<SearchPlan, Integer> plans = new EnumMap<>(SearchPlan.class);
    for (int query = 0; query < command.queries().size(); query++) {
      int task = query * targets + target;
      SegmentWork work = target < 0 ? SegmentWork.NONE : works[task];
      passing = Math.max(passing, work.passing());
      scored += work.scored();
      took += target < 0 ? 0 : nanos[task];
      plans.merge(work.plan(), 1, Integer::sum);
    }
    return new ExplainedSegment(
        live.rows().segment().id(),
        view.isGrowing(live.rows()) ? "growing" : "sealed",
        live.rows().indexType(command.fieldId(), command.metric()).map(Enum::name).orElse(""),
        live.rows().size(),
        live.aliveCount(),
        passing,
        plans,
        scored,
        took);
  }
}
