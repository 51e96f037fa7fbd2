package io.tidemark.serving.read;

import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.serving.read.recall.RecallFigure;
import io.tidemark.serving.read.recall.RecallReport;
import io.tidemark.serving.read.recall.RecallTally;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the served search finds in one view with what exact search finds in the same. For
 * one thread.
 */
final class RecallProbe {
  /** Queries that are searched at once: more would only take more memory. */
  private static final int BATCH = 16;

  private final ReadView view;
  private final Set<String> partitions;
  private final SearchPool pool;

  /** Apart from those of users' searches. */
  private final SearchCounters counters = new SearchCounters();

  private final RecallTally tally = new RecallTally();

  RecallProbe(ReadView view, Set<String> partitions, SearchPool pool) {
    this.view = view;
    this.partitions = partitions;
    this.pool = pool;
  }

  /** A stored row that is asked for; it is left out of its own answer. */
  private record Sampled(QueryVector vector, @Nullable Object key) {}

  /**
   * Asks for some of the live rows that have a vector.
   *
   * @param search all but the queries; its limit is k
   * @param wanted queries at most
   */
  RecallReport ofRows(SearchCommand search, int wanted, long seed, long readTimestamp) {
    List<LiveSegment> segments = view.segments(false);
    long rows = segments.stream().mapToLong(LiveSegment::aliveCount).sum();
    List<Sampled> sample = sample(segments, search, wanted, seed);
    for (int from = 0; from < sample.size(); from += BATCH) {
      compare(search, sample.subList(from, Math.min(sample.size(), from + BATCH)));
    }
    return new RecallReport(readTimestamp, search.limit(), rows, sample.size(), tally.figures());
  }

  /** Asks for the search's own queries. */
  List<RecallFigure> ofQueries(SearchCommand search) {
    compare(search, search.queries().stream().map(query -> new Sampled(query, null)).toList());
    return tally.figures();
  }

  private void compare(SearchCommand search, List<Sampled> sample) {
    int k = search.limit();
    // One more, for the row itself.
    SearchCommand command =
        search.with(sample.stream().map(Sampled::vector).toList(), k + 1).with(false, false);
    SearchRun served = new SearchRun(command, partitions, view, counters);
    SearchRun exact = new SearchRun(command.with(true, false), partitions, view, counters);
    SearchRun.run(List.of(served, exact), pool);
    List<List<Hit>> servedHits = served.hits();
    List<List<Hit>> exactHits = exact.hits();
    for (int i = 0; i < sample.size(); i++) {
      tally.add(
          others(servedHits.get(i), sample.get(i).key(), k),
          others(exactHits.get(i), sample.get(i).key(), k),
          search.metric(),
          source -> kind(exact.segment(source), search));
    }
  }

  private static List<Hit> others(List<Hit> hits, @Nullable Object key, int k) {
    return hits.stream().filter(hit -> !hit.key().equals(key)).limit(k).toList();
  }

  private String kind(LiveSegment segment, SearchCommand search) {
    if (view.isGrowing(segment.rows())) {
      return RecallFigure.GROWING;
    }
    return segment
        .rows()
        .indexType(search.fieldId(), search.metric())
        .map(Enum::name)
        .orElse(RecallFigure.UNINDEXED);
  }

  private static List<Sampled> sample(
      List<LiveSegment> segments, SearchCommand search, int wanted, long seed) {
    int fieldId = search.fieldId();
    long total = segments.stream().mapToLong(each -> withVector(each, fieldId).count()).sum();
    Set<Long> ranks =
        total <= wanted
            ? LongStream.range(0, total).boxed().collect(Collectors.toSet())
            : new Random(seed)
                .longs(0, total)
                .distinct()
                .limit(wanted)
                .boxed()
                .collect(Collectors.toSet());
    List<Sampled> sample = new ArrayList<>();
    long[] rank = {0};
    for (LiveSegment segment : segments) {
      Vectors vectors = segment.rows().segment().vectors(fieldId).orElse(null);
      withVector(segment, fieldId)
          .forEach(row -> {
            if (ranks.contains(rank[0]++) && vectors != null) {
              QueryVector query = vectors.query(row);
              sample.add(
                  new Sampled(
                      search
                          .collection()
                          .indexOn(fieldId)
                          .map(index -> IndexFamilies.query(query, index))
                          .orElse(query),
                      segment.rows().key(row)));
            }
          });
    }
    return sample;
  }

  /** Live rows that have a vector and a key. */
  private static IntStream withVector(LiveSegment segment, int fieldId) {
    Vectors vectors = segment.rows().segment().vectors(fieldId).orElse(null);
    return vectors == null
        ? IntStream.empty()
        : IntStream.range(0, segment.rows().size())
            .filter(row -> segment.isAlive(row) && vectors.has(row));
  }
}
