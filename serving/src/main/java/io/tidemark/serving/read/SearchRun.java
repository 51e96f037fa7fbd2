package io.tidemark.serving.read;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentQuery;
import io.tidemark.engine.segment.SegmentSearcher;
import io.tidemark.engine.segment.SegmentShare;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import io.tidemark.serving.read.view.RowSegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One search over one view, in steps: the filter, once per segment; every query over every segment;
 * the reduction of each query; then {@link #hits}.
 *
 * <p>Where a search does not say how hard to look, each segment is asked for what its share of the
 * rows lets expect ({@link SegmentShare}): ten segments would otherwise be searched as deep as if
 * each had all of the nearest. One that turns out to have more is searched again, as if it were
 * alone; so rows that lie together in one segment are found too. And so is one whose hits were
 * older rows of keys with a newer one, without those, until they take no other's place.
 */
final class SearchRun {
  /** What evaluating a filter on a row costs, in multiplications, about. */
  private static final double FILTER_COST = 16;

  /** What a row costs at least, however few its numbers. */
  private static final double ROW_COST = 16;

  /** What a hit costs when it is merged, in multiplications, about. */
  private static final double MERGE_COST = 256;

  /** Of a segment's rows, those that must count for it to be asked for its share only. */
  private static final double SHARED_ROWS = 0.5;

  private final SearchCommand command;
  private final Set<String> partitions;
  private final List<LiveSegment> segments;
  private final @Nullable AliveSegment[] accepted;
  private final List<SearchTarget> targets = new ArrayList<>();
  private final int k;
  private final ReadView view;
  private final SearchCounters counters;

  /** By task: the first query's in all targets, then the second's, and so on. */
  private TopK.Hits[] found = {};

  /** What each query did in each target, by task. */
  private SegmentWork[] works = {};

  /** By task, whether it is to be done again. */
  private boolean[] again = {};

  private int[] tasksAgain = {};

  /** By task, rows that it leaves out since a newer row of their key counts; null if none. */
  private @Nullable BitSet[] outdated = {};

  /** By query, best first, offset included. */
  private final List<List<Hit>> merged;

  private @Nullable ExplainedRun explained;

  /**
   * @param partitions to be searched; empty for all
   * @param counters told of what the search did
   */
  SearchRun(SearchCommand command, Set<String> partitions, ReadView view, SearchCounters counters) {
    this.command = command;
    this.view = view;
    this.counters = counters;
    this.partitions = partitions;
    this.k = command.offset() + command.limit();
    this.segments = view.segments(command.ignoreGrowing());
    this.accepted = new AliveSegment[segments.size()];
    this.merged = new ArrayList<>(Collections.nCopies(command.queries().size(), List.of()));
  }

  /** All steps of one search on its own. */
  SearchAnswer answer(SearchPool pool, long readTimestamp) {
    run(List.of(this), pool);
    return answer(readTimestamp);
  }

  private SearchAnswer answer(long readTimestamp) {
    FoundRows rows = new FoundRows(view);
    hits().forEach(rows::add);
    return rows.answer(
        command.collection(),
        command.outputFields(),
        readTimestamp,
        explanation(readTimestamp).orElse(null));
  }

  /**
   * All steps of one search on its own, on the caller's thread; empty, and nothing noted of it, if
   * they may be more than is worth a second core. For commands that {@link PromptSearch} may be.
   */
  Optional<SearchAnswer> answerPromptly(SearchPool pool, long readTimestamp) {
    List<SearchRun> alone = List.of(this);
    filter(alone, pool);
    if (!SearchPool.isSmall(costMax())) {
      return Optional.empty();
    }
    search(alone, pool);
    return Optional.of(answer(readTimestamp));
  }

  /** Takes several searches up to where their hits are there, as one work. */
  static void run(List<SearchRun> runs, SearchPool pool) {
    filter(runs, pool);
    search(runs, pool);
  }

  private static void filter(List<SearchRun> runs, SearchPool pool) {
    long start = System.nanoTime();
    pool.run(runs.stream().map(SearchRun::filtering).toList());
    long filterNanos = System.nanoTime() - start;
    runs.forEach(run -> run.filtered(filterNanos));
  }

  private static void search(List<SearchRun> runs, SearchPool pool) {
    pool.run(runs.stream().map(SearchRun::searching).toList());
    pool.run(runs.stream().map(SearchRun::merging).toList());
    runs.forEach(SearchRun::looked);
    while (runs.stream().anyMatch(run -> run.tasksAgain.length > 0)) {
      pool.run(runs.stream().map(SearchRun::searchingAgain).toList());
      pool.run(runs.stream().map(SearchRun::mergingAgain).toList());
      runs.forEach(SearchRun::looked);
    }
    runs.forEach(SearchRun::searched);
  }

  private SearchPool.Work filtering() {
    double rows = segments.stream().mapToDouble(segment -> segment.rows().size()).sum();
    return new SearchPool.Work(
        segments.size(),
        command.filter().matchesAll() ? 0 : rows * FILTER_COST,
        i -> accepted[i] = accepted(segments.get(i)));
  }

  /** The rows that count as a segment whose other rows are dead; null if it has no such vectors. */
  private @Nullable AliveSegment accepted(LiveSegment live) {
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
    BitSet rows = live.among(passing == null ? wanted : passing);
    return rows == null ? AliveSegment.all(segment) : AliveSegment.of(segment, rows);
  }

  /** Filters of one read are evaluated together, and so is their time. */
  private void filtered(long filterNanos) {
    int[] counts = new int[accepted.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = accepted[i] == null ? 0 : countWithVector(accepted[i]);
    }
    double all = IntStream.of(counts).asDoubleStream().sum();
    for (int i = 0; i < counts.length; i++) {
      AliveSegment rows = accepted[i];
      if (rows != null && rows.aliveCount() > 0) {
        double share = isShared(rows, counts[i]) ? counts[i] / all : 1;
        targets.add(new SearchTarget(i, segments.get(i), rows, new SegmentShare(k, share)));
      }
    }
    explained = command.explain() ? new ExplainedRun(view, segments, filterNanos) : null;
  }

  /** The rows that count and have a vector. */
  private int countWithVector(AliveSegment rows) {
    Vectors vectors = rows.segment().vectors(command.fieldId()).orElseThrow();
    BitSet with = vectors.present() == null ? null : vectors.among(rows.alive());
    return with == null ? rows.aliveCount() : with.cardinality();
  }

  /**
   * Whether a segment is asked for its share only: its index finds that for less, the search does
   * not say how hard to look, and most rows count. Where few do, a walk is more likely to lose its
   * way, and hits that are too far do not tell.
   */
  private boolean isShared(AliveSegment rows, int count) {
    return count > 0
        && command.parameters().given().isEmpty()
        && !command.parameters().hasRange()
        && !command.exact()
        && count >= rows.segment().size() * SHARED_ROWS
        && rows.segment().index(command.fieldId()).map(VectorIndex::usesShare).orElse(false);
  }

  private SearchPool.Work searching() {
    int tasks = Math.multiplyExact(command.queries().size(), targets.size());
    found = new TopK.Hits[tasks];
    works = new SegmentWork[tasks];
    again = new boolean[tasks];
    outdated = new BitSet[tasks];
    if (explained != null) {
      explained.started(tasks);
    }
    return new SearchPool.Work(tasks, cost(), task -> search(task, target(task).share().share()));
  }

  private SearchTarget target(int task) {
    return targets.get(task % targets.size());
  }

  private void search(int task, double share) {
    ExplainedRun told = explained;
    long start = told == null ? 0 : System.nanoTime();
    SegmentQuery query =
        new SegmentQuery(
            command.fieldId(),
            command.metric(),
            command.queries().get(task / targets.size()),
            k,
            command.parameters().withShare(share),
            null,
            command.exact());
    TopK out = query.collector();
    BitSet without = outdated[task];
    AliveSegment rows = target(task).rows();
    works[task] =
        SegmentSearcher.search(without == null ? rows : rows.without(without), query, out);
    found[task] = out.drain();
    if (told != null) {
      told.took(task, System.nanoTime() - start);
    }
  }

  private SearchPool.Work merging() {
    return merging(IntStream.range(0, command.queries().size()).toArray());
  }

  /** Where a segment was searched again. */
  private SearchPool.Work mergingAgain() {
    return merging(
        IntStream.of(tasksAgain).map(task -> task / targets.size()).distinct().toArray());
  }

  private SearchPool.Work merging(int[] queries) {
    double hits = (double) queries.length * targets.size() * k;
    return new SearchPool.Work(queries.length, hits * MERGE_COST, i -> merge(queries[i]));
  }

  private void merge(int query) {
    int first = query * targets.size();
    HitMerge merge = new HitMerge(command.metric(), k, targets, found, first);
    merged.set(query, merge.best());
    for (int i = 0; i < targets.size(); i++) {
      int task = first + i;
      BitSet crowding = merge.crowding(i);
      if (!crowding.isEmpty()) {
        BitSet before = outdated[task];
        if (before != null) {
          crowding.or(before);
        }
        outdated[task] = crowding;
      }
      again[task] = !crowding.isEmpty() || merge.mayHaveMore(i, works[task]);
    }
  }

  /** Notes what is to be done again. */
  private void looked() {
    tasksAgain = IntStream.range(0, again.length).filter(task -> again[task]).toArray();
  }

  /** Once more in full where there may be more. */
  private SearchPool.Work searchingAgain() {
    double cost = 0;
    for (int task : tasksAgain) {
      cost += cost(target(task), 1) * command.queries().get(task / targets.size()).dimension();
    }
    return new SearchPool.Work(
        tasksAgain.length,
        cost,
        i -> {
          int task = tasksAgain[i];
          SegmentWork before = works[task];
          search(task, 1);
          works[task] =
              new SegmentWork(
                  SearchPlan.REPEATED, before.passing(), before.scored() + works[task].scored());
        });
  }

  private void searched() {
    if (explained != null) {
      explained.ended();
    }
    long filteredOut = segments.stream().mapToLong(LiveSegment::aliveCount).sum();
    for (SearchTarget target : targets) {
      filteredOut -= target.rows().aliveCount();
    }
    Map<SearchPlan, Integer> plans = new EnumMap<>(SearchPlan.class);
    long scored = 0;
    long[] scanned = new long[targets.size()];
    for (int task = 0; task < works.length; task++) {
      SegmentWork work = works[task];
      plans.merge(work.plan(), 1, Integer::sum);
      scored += work.scored();
      if (work.plan() == SearchPlan.EXACT && !command.exact()) {
        scanned[task % scanned.length] += work.scored();
      }
    }
    for (int target = 0; target < scanned.length && mayApproximate(); target++) {
      if (scanned[target] > 0) {
        RowSegment rows = targets.get(target).live().rows();
        view.scanned(rows, command.fieldId(), command.metric(), scanned[target]);
      }
    }
    counters.add(plans, scored, filteredOut);
  }

  /** Whether the collection's index is one at all: FLAT promises that every row is scored. */
  private boolean mayApproximate() {
    return command
        .collection()
        .indexOn(command.fieldId())
        .map(index -> index.type().builds())
        .orElse(false);
  }

  SearchCommand command() {
    return command;
  }

  /** Once it is done, if its command asks for it. */
  Optional<SearchExplanation> explanation(long readTimestamp) {
    return Optional.ofNullable(explained)
        .map(told ->
            told.explanation(
                command, readTimestamp, targets.stream().map(SearchTarget::live).toList(), works));
  }

  private double cost() {
    double rows = targets.stream().mapToDouble(each -> cost(each, each.share().share())).sum();
    return rows * multiplications(command.queries());
  }

  /** If no share is enough, and where a walk over few live rows may end in a scan. */
  private double costMax() {
    double rows =
        targets.stream()
            .mapToDouble(each -> {
              AliveSegment alive = each.rows();
              return alive.aliveCount() < alive.segment().size() * SHARED_ROWS
                  ? alive.aliveCount()
                  : cost(each, 1);
            })
            .sum();
    double hits = (double) command.queries().size() * k * targets.size();
    return rows * multiplications(command.queries()) + hits * MERGE_COST;
  }

  /** Rows that one query scores there, about. */
  private double cost(SearchTarget target, double share) {
    int alive = target.rows().aliveCount();
    if (command.exact()) {
      return alive;
    }
    SearchParameters parameters = command.parameters().withShare(share);
    int hits = new SegmentShare(k, share).hits();
    return target
        .rows()
        .segment()
        .index(command.fieldId())
        .map(index -> Math.min(alive, index.expectedCost(hits, parameters, alive)))
        .orElse((double) alive);
  }

  /** Of all queries for each row: of sparse ones, some have no elements. */
  static double multiplications(List<QueryVector> queries) {
    return queries.stream().mapToDouble(query -> Math.max(ROW_COST, query.dimension())).sum();
  }

  /** What every query found. */
  List<List<Hit>> hits() {
    return IntStream.range(0, command.queries().size()).mapToObj(this::hits).toList();
  }

  /** A segment of the view, by a hit's source. */
  LiveSegment segment(int source) {
    return segments.get(source);
  }

  /**
   * What one query found, best first, from the command's offset on; sources are places in the view.
   */
  List<Hit> hits(int query) {
    List<Hit> all = merged.get(query);
    return all.subList(Math.min(command.offset(), all.size()), all.size());
  }
}
