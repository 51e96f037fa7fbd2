package io.tidemark.serving.read.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.SegmentQuery;
import io.tidemark.engine.segment.SegmentSearcher;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.log.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class InterimIndexesTest {
  private static final int KEY = 100;
  private static final int VECTOR = 101;
  private static final int DIMENSION = 16;
  private static final int K = 10;
  private static final int ROWS = 10_000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Deque<Runnable> builds = new ArrayDeque<>();
  private final CollectionRows rows =
      new CollectionRows(KEY, new long[] {0}, builds::add, bytes -> true);
  private final float[] centres = gaussian(40 * DIMENSION, 4);

  InterimIndexesTest() {
    System.out.println("InterimIndexesTest -Dseed=" + seed);
  }

  private float[] gaussian(int numbers, float spread) {
    float[] values = new float[numbers];
    for (int i = 0; i < numbers; i++) {
      values[i] = spread * (float) random.nextGaussian();
    }
    return values;
  }

  private float[] clustered(int count) {
    float[] values = gaussian(count * DIMENSION, 1);
    for (int row = 0; row < count; row++) {
      int centre = random.nextInt(40);
      for (int i = 0; i < DIMENSION; i++) {
        values[row * DIMENSION + i] += centres[centre * DIMENSION + i];
      }
    }
    return values;
  }

  private void insert(long timestamp, long firstKey, int count, boolean upsert) {
    long[] keys = LongStream.range(firstKey, firstKey + count).toArray();
    EntityBatch batch =
        new EntityBatch(
            count,
            Map.of(
                KEY, LongColumn.of(keys, null),
                VECTOR, FloatVectorColumn.of(clustered(count), DIMENSION, null)));
    rows.apply(new LogRecord.Insert(timestamp, 1, 0, "_default", 1, upsert, batch));
  }

  private List<LiveSegment> growing() {
    try (ReadView view = rows.view().orElseThrow()) {
      return view.growing();
    }
  }

  private static boolean isIndexed(LiveSegment chunk) {
    return chunk.rows().segment().index(VECTOR).isPresent();
  }

  /** As searches do that score every row. */
  private int scansUntilABuildIsAskedFor(int scansMax) {
    for (int scan = 1; scan <= scansMax; scan++) {
      try (ReadView view = rows.view().orElseThrow()) {
        view.growing()
            .forEach(chunk -> view.scanned(chunk.rows(), VECTOR, Metric.L2, chunk.aliveCount()));
      }
      if (!builds.isEmpty()) {
        return scan;
      }
    }
    return scansMax;
  }

  @Test
  void anIndexIsBuiltWhenSearchesHaveCostAsMuch() {
    insert(1, 0, ROWS, false);
    assertThat(scansUntilABuildIsAskedFor(2_000)).isBetween(100, 1_000);
    assertThat(growing()).noneMatch(InterimIndexesTest::isIndexed);
    assertThat(builds).hasSize(1);
    builds.remove().run();
    assertThat(growing()).hasSize(1).allMatch(InterimIndexesTest::isIndexed);
    // It is not asked for again.
    scansUntilABuildIsAskedFor(1);
    assertThat(builds).isEmpty();
    assertThat(recall(growing().getFirst())).isGreaterThan(0.95);
  }

  private double recall(LiveSegment chunk) {
    BitSet alive = chunk.among(null);
    AliveSegment segment =
        alive == null
            ? AliveSegment.all(chunk.rows().segment())
            : AliveSegment.of(chunk.rows().segment(), alive);
    int found = 0;
    int queries = 50;
    for (int i = 0; i < queries; i++) {
      DenseQuery vector = new DenseQuery(clustered(1));
      SegmentQuery query =
          new SegmentQuery(VECTOR, Metric.L2, vector, K, SearchParameters.DEFAULT, null);
      TopK near = query.collector();
      SegmentSearcher.search(segment, query, near);
      TopK exact = query.collector();
      ExactSearch.search(
          chunk.rows().segment().vectors(VECTOR).orElseThrow(), vector, alive, exact);
      List<Integer> expected = ordinals(exact.drain());
      List<Integer> got = ordinals(near.drain());
      assertThat(got).allMatch(row -> alive == null || alive.get(row));
      got.retainAll(expected);
      found += got.size();
    }
    return (double) found / (queries * K);
  }

  private static List<Integer> ordinals(TopK.Hits hits) {
    List<Integer> ordinals = new ArrayList<>();
    for (int i = 0; i < hits.size(); i++) {
      ordinals.add(hits.ordinal(i));
    }
    return ordinals;
  }

  @Test
  void rowsDeletedOrMovedWhileItIsBuiltStayGone() {
    insert(1, 0, ROWS, false);
    scansUntilABuildIsAskedFor(2_000);
    long[] deleted = LongStream.range(0, 3_000).toArray();
    rows.apply(new LogRecord.Delete(2, 1, 0, "", LongColumn.of(deleted, null)));
    insert(3, 3_000, 10, true);
    builds.remove().run();
    LiveSegment indexed =
        growing().stream().filter(InterimIndexesTest::isIndexed).findFirst().get();
    assertThat(indexed.aliveCount()).isEqualTo(ROWS - 3_010);
    assertThat(growing().stream().mapToInt(LiveSegment::aliveCount).sum()).isEqualTo(ROWS - 3_000);
    assertThat(recall(indexed)).isGreaterThan(0.95);
    // And those that are deleted afterwards.
    rows.apply(new LogRecord.Delete(4, 1, 0, "", LongColumn.of(new long[] {5_000}, null)));
    assertThat(
            growing().stream()
                .filter(InterimIndexesTest::isIndexed)
                .mapToInt(LiveSegment::aliveCount))
        .containsExactly(ROWS - 3_011);
  }

  @Test
  void rowsThatAreInAnotherSegmentByThenGetNone() {
    insert(1, 0, 6_000, false);
    scansUntilABuildIsAskedFor(2_000);
    insert(2, 6_000, 6_000, false);
    assertThat(growing()).hasSize(1);
    builds.remove().run();
    assertThat(growing()).noneMatch(InterimIndexesTest::isIndexed);

    scansUntilABuildIsAskedFor(2_000);
    rows.swap(List.of(), List.of(), rows.kills(), new long[] {2});
    builds.remove().run();
    assertThat(growing()).isEmpty();
  }

  @Test
  void fewRowsGetNoneHoweverOftenTheyAreSearched() {
    insert(1, 0, 1_000, false);
    assertThat(scansUntilABuildIsAskedFor(5_000)).isEqualTo(5_000);
    assertThat(growing()).hasSize(1);
  }
}
