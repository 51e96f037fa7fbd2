package io.tidemark.serving.read;

import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.HitReducer;
import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentQuery;
import io.tidemark.engine.segment.SegmentSearcher;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One search over one view: the filter once per segment, then every query over every segment, then
 * the reduction per query, then the output fields of what is left.
 */
final class SearchRun {
  /** What evaluating a filter on a row costs, in multiplications, about. */
  private static final double FILTER_COST = 16;

  private final SearchCommand command;
  private final SearchPool pool;
  private final List<LiveSegment> segments;
  private final List<AliveSegment> targets;
  private final int k;
  private final SearchCounters counters;
  private final long filteredOut;

  /** What each query did in each target, by task. */
  private SegmentWork[] works = {};

  private final @Nullable ExplainedRun explained;

  /**
   * @param partitions to be searched; empty for all
   * @param counters told of what the search did
   */
  SearchRun(
      SearchCommand command,
      Set<String> partitions,
      ReadView view,
      SearchPool pool,
      SearchCounters counters) {
    this.command = command;
    this.pool = pool;
    this.counters = counters;
    this.k = command.offset() + command.limit();
    this.segments = new ArrayList<>();
    List<LiveSegment> all = view.segments(command.ignoreGrowing());
    @Nullable AliveSegment[] accepted = new AliveSegment[all.size()];
    double filterCost = command.filter().matchesAll() ? 0 : rows(all) * FILTER_COST;
    long start = System.nanoTime();
    pool.run(all.size(), filterCost, i -> accepted[i] = accepted(all.get(i), partitions));
    this.explained =
        command.explain() ? new ExplainedRun(view, all, System.nanoTime() - start) : null;
    List<AliveSegment> targetList = new ArrayList<>();
    long left = 0;
    for (int i = 0; i < accepted.length; i++) {
      AliveSegment target = accepted[i];
      if (target != null && target.aliveCount() > 0) {
        segments.add(all.get(i));
        targetList.add(target);
      }
      left += all.get(i).aliveCount() - (target == null ? 0 : target.aliveCount());
    }
    this.targets = targetList;
    this.filteredOut = left;
  }

  private static double rows(List<LiveSegment> segments) {
    return segments.stream().mapToDouble(segment -> segment.rows().size()).sum();
  }

  /** The rows that count as a segment whose other rows are dead; null if it has no such vectors. */
  private @Nullable AliveSegment accepted(LiveSegment live, Set<String> partitions) {
    Segment segment = live.rows().searchable(command.fieldId(), command.metric());
    if (segment.vectors(command.fieldId()).isEmpty()) {
      return null;
    }
    BitSet wanted = live.rows().inPartitions(partitions);
    if (wanted != null && wanted.isEmpty()) {
      return null;
    }
    BitSet passing = live.rows().passing(command.filter(), command.collection().schema());
    if (passing != null && wanted != null) {
      passing.and(wanted);
    }
    BitSet accepted = live.among(passing == null ? wanted : passing);
    return accepted == null ? AliveSegment.all(segment) : AliveSegment.of(segment, accepted);
  }

  SearchAnswer answer(long readTimestamp) {
    int queries = command.queries().size();
    TopK.Hits[] hits = search();
    int[] counts = new int[queries];
    List<HitReducer.Hit> found = new ArrayList<>();
    for (int query = 0; query < queries; query++) {
      List<HitReducer.Hit> reduced = reduce(hits, query);
      counts[query] = reduced.size();
      found.addAll(reduced);
    }
    return assemble(counts, found, readTimestamp);
  }

  /** The hits of every query, best first; their sources are those of {@link #segment}. */
  List<List<HitReducer.Hit>> hits() {
    TopK.Hits[] hits = search();
    return IntStream.range(0, command.queries().size())
        .mapToObj(query -> reduce(hits, query))
        .toList();
  }

  /** A segment that hits come from. */
  LiveSegment segment(int source) {
    return segments.get(source);
  }

  /** By task: the first query's in all targets, then the second's, and so on. */
  private TopK.Hits[] search() {
    int tasks = Math.multiplyExact(command.queries().size(), targets.size());
    TopK.Hits[] hits = new TopK.Hits[tasks];
    works = new SegmentWork[tasks];
    ExplainedRun told = explained;
    if (told == null) {
      pool.run(tasks, cost(), task -> hits[task] = search(task));
    } else {
      told.started(tasks);
      pool.run(
          tasks,
          cost(),
          task -> {
            long start = System.nanoTime();
            hits[task] = search(task);
            told.took(task, System.nanoTime() - start);
          });
      told.ended();
    }
    count();
    return hits;
  }

  private void count() {
    Map<SearchPlan, Integer> plans = new EnumMap<>(SearchPlan.class);
    long scored = 0;
    for (SegmentWork work : works) {
      plans.merge(work.plan(), 1, Integer::sum);
      scored += work.scored();
    }
    counters.add(plans, scored, filteredOut);
  }

  private TopK.Hits search(int task) {
    AliveSegment target = targets.get(task % targets.size());
    SegmentQuery query =
        new SegmentQuery(
            command.fieldId(),
            command.metric(),
            command.queries().get(task / targets.size()),
            k,
            command.parameters(),
            null,
            command.exact());
    TopK out = query.collector();
    works[task] = SegmentSearcher.search(target, query, out);
    return out.drain();
  }

  private double cost() {
    double rows = 0;
    for (AliveSegment target : targets) {
      int alive = target.aliveCount();
      rows +=
          target
              .segment()
              .index(command.fieldId())
              .map(index -> Math.min(alive, index.expectedCost(k, command.parameters(), alive)))
              .orElse((double) alive);
    }
    return rows
        * command.queries().size()
        * (command.queries().isEmpty() ? 0 : command.queries().getFirst().dimension());
  }

  private List<HitReducer.Hit> reduce(TopK.Hits[] hits, int query) {
    HitReducer reducer = new HitReducer(command.metric());
    for (int target = 0; target < targets.size(); target++) {
      TopK.Hits some = hits[query * targets.size() + target];
      LiveSegment live = segments.get(target);
      for (int i = 0; i < some.size(); i++) {
        int row = some.ordinal(i);
        Object key = live.rows().key(row);
        if (key != null) {
          reducer.add(key, live.rows().segment().timestamp(row), some.score(i), target, row);
        }
      }
    }
    return reducer.reduce(command.offset(), command.limit());
  }

  private SearchAnswer assemble(int[] counts, List<HitReducer.Hit> hits, long readTimestamp) {
    int[] sources = hits.stream().mapToInt(HitReducer.Hit::source).toArray();
    int[] rows = hits.stream().mapToInt(HitReducer.Hit::row).toArray();
    float[] scores = new float[hits.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = hits.get(i).score();
    }
    FieldSchema key = command.collection().schema().primaryKey();
    Outputs outputs = new Outputs(segments, sources, rows);
    EntityBatch fields = outputs.of(command.collection().schema(), command.outputFields());
    return new SearchAnswer(
        counts, scores, outputs.of(key), fields, readTimestamp, explanation(readTimestamp));
  }

  private @Nullable SearchExplanation explanation(long readTimestamp) {
    return explained == null
        ? null
        : explained.explanation(command, readTimestamp, segments, works);
  }
}
