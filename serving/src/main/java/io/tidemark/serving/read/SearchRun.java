package io.tidemark.serving.read;

import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.HitReducer;
import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentQuery;
import io.tidemark.engine.segment.SegmentSearcher;
import io.tidemark.engine.segment.SegmentShare;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
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
 * One search over one view, in steps that the caller runs one after the other: {@link #filtering},
 * once per segment; {@link #searching}, every query over every segment; {@link #merging}, the
 * reduction of each query; then {@link #hits}.
 *
 * <p>Where a search does not say how hard to look, each segment is asked for what its share of the
 * rows lets expect ({@link SegmentShare}): ten segments would otherwise be searched as deep as if
 * each had all of the nearest. One that turns out to have more is searched again, as if it were
 * alone; so rows that lie together in one segment are found too.
 */
final class SearchRun {
  /** What evaluating a filter on a row costs, in multiplications, about. */
  private static final double FILTER_COST = 16;

  /** What a hit costs when it is merged, in multiplications, about. */
  private static final double MERGE_COST = 256;

  /** A segment with the rows that count, and its place among those of the view. */
  private record Target(int place, LiveSegment live, AliveSegment rows, SegmentShare share) {}

  private final SearchCommand command;
  private final Set<String> partitions;
  private final List<LiveSegment> segments;
  private final @Nullable AliveSegment[] accepted;
  private final List<Target> targets = new ArrayList<>();
  private final int k;
  private final ReadView view;
  private final SearchCounters counters;

  /** By task: the first query's in all targets, then the second's, and so on. */
  private TopK.Hits[] found = {};

  /** What each query did in each target, by task. */
  private SegmentWork[] works = {};

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
  static SearchAnswer answer(
      SearchCommand command,
      Set<String> partitions,
      ReadView view,
      SearchPool pool,
      SearchCounters counters,
      long readTimestamp) {
    SearchRun run = new SearchRun(command, partitions, view, counters);
    run(List.of(run), pool);
    FoundRows found = new FoundRows(view);
    run.hits().forEach(found::add);
    return found.answer(
        command.collection(),
        command.outputFields(),
        readTimestamp,
        run.explanation(readTimestamp).orElse(null));
  }

  /** Takes several searches up to where their hits are there, as one work. */
  static void run(List<SearchRun> runs, SearchPool pool) {
    long start = System.nanoTime();
    pool.run(runs.stream().map(SearchRun::filtering).toList());
    long filterNanos = System.nanoTime() - start;
    runs.forEach(run -> run.filtered(filterNanos));
    pool.run(runs.stream().map(SearchRun::searching).toList());
    pool.run(runs.stream().map(SearchRun::merging).toList());
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
    double all = 0;
    for (AliveSegment rows : accepted) {
      all += rows == null ? 0 : rows.aliveCount();
    }
    boolean shared = command.parameters().given().isEmpty() && !command.parameters().hasRange();
    for (int i = 0; i < accepted.length; i++) {
      AliveSegment rows = accepted[i];
      if (rows != null && rows.aliveCount() > 0) {
        SegmentShare share = new SegmentShare(k, shared ? rows.aliveCount() / all : 1);
        targets.add(new Target(i, segments.get(i), rows, share));
      }
    }
    explained = command.explain() ? new ExplainedRun(view, segments, filterNanos) : null;
  }

  private SearchPool.Work searching() {
    int tasks = Math.multiplyExact(command.queries().size(), targets.size());
    found = new TopK.Hits[tasks];
    works = new SegmentWork[tasks];
    if (explained != null) {
      explained.started(tasks);
    }
    return new SearchPool.Work(tasks, cost(), task -> search(task, target(task).share().share()));
  }

  private Target target(int task) {
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
    works[task] = SegmentSearcher.search(target(task).rows(), query, out);
    found[task] = out.drain();
    if (told != null) {
      told.took(task, System.nanoTime() - start);
    }
  }

  private SearchPool.Work merging() {
    int queries = command.queries().size();
    double hits = (double) queries * targets.size() * k;
    return new SearchPool.Work(queries, hits * MERGE_COST, this::merge);
  }

  private void merge(int query) {
    List<Hit> best = reduce(query);
    while (searchedAgain(query, best)) {
      best = reduce(query);
    }
    merged.set(query, best);
  }

  /** Whether segments had more of the best than their share, and so were searched once more. */
  private boolean searchedAgain(int query, List<Hit> best) {
    boolean again = false;
    for (int i = 0; i < targets.size(); i++) {
      int task = query * targets.size() + i;
      SegmentShare share = targets.get(i).share();
      SegmentWork work = works[task];
      if (work.plan().isOfShare()
          && share.share() < 1
          && (best.size() < k
              ? found[task].size() >= share.hits()
              : share.isExceededBy(asNearAs(best.getLast().score(), found[task])))) {
        search(task, 1);
        works[task] =
            new SegmentWork(
                SearchPlan.REPEATED, work.passing(), work.scored() + works[task].scored());
        again = true;
      }
    }
    return again;
  }

  /** How many of some hits, be they of the answer or older rows of a key that is, are that near. */
  private int asNearAs(float score, TopK.Hits some) {
    int count = 0;
    while (count < some.size() && !command.metric().nearer(score, some.score(count))) {
      count++;
    }
    return count;
  }

  private void searched() {
    if (explained != null) {
      explained.ended();
    }
    long filteredOut = segments.stream().mapToLong(LiveSegment::aliveCount).sum();
    for (Target target : targets) {
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
    for (int target = 0; target < scanned.length; target++) {
      if (scanned[target] > 0) {
        RowSegment rows = targets.get(target).live().rows();
        view.scanned(rows, command.fieldId(), command.metric(), scanned[target]);
      }
    }
    counters.add(plans, scored, filteredOut);
  }

  SearchCommand command() {
    return command;
  }

  /** Once it is done, if its command asks for it. */
  Optional<SearchExplanation> explanation(long readTimestamp) {
    return Optional.ofNullable(explained)
        .map(told ->
            told.explanation(
                command, readTimestamp, targets.stream().map(Target::live).toList(), works));
  }

  private double cost() {
    double rows = 0;
    for (Target target : targets) {
      int alive = target.rows().aliveCount();
      rows +=
          target
              .rows()
              .segment()
              .index(command.fieldId())
              .map(index -> Math.min(alive, index.expectedCost(k, command.parameters(), alive)))
              .orElse((double) alive);
    }
    return rows * multiplications(command.queries());
  }

  /** Of all queries for each row: sparse ones have a number of elements each, some none. */
  static double multiplications(List<QueryVector> queries) {
    return queries.stream().mapToDouble(QueryVector::dimension).sum();
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

  private List<Hit> reduce(int query) {
    HitReducer reducer = new HitReducer(command.metric());
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      TopK.Hits some = found[query * targets.size() + i];
      for (int hit = 0; hit < some.size(); hit++) {
        int row = some.ordinal(hit);
        Object key = target.live().rows().key(row);
        if (key != null) {
          long written = target.live().rows().segment().timestamp(row);
          reducer.add(key, written, some.score(hit), target.place(), row);
        }
      }
    }
    return reducer.reduce(0, k);
  }
}
