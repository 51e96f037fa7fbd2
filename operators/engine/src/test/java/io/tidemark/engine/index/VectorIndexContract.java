package io.tidemark.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link VectorIndex} keeps; exact search is the oracle. */
public abstract class VectorIndexContract {
  protected final long seed = Long.getLong("seed", 20_260_101);
  protected final Random random = new Random(seed);

  /** Builds, writes and opens an index of the included rows. */
  protected abstract VectorIndex index(Vectors vectors, BitSet include, Metric metric)
      throws Exception;

  /** What vectors of these numbers are, of the type that is indexed. */
  protected Vectors of(float[] data, int dimension) {
    return new FloatVectors(data, dimension);
  }

  /** What the type has in the place of a metric of numbers, if it knows others. */
  protected Metric as(Metric metric) {
    return metric;
  }

  /** The score of a vector with itself, in the place of L2. */
  protected float own() {
    return 0;
  }

  /** The score is that of a vector with itself. */
  protected void assertOfItself(float score) {
    assertThat(score).as("seed %d", seed).isEqualTo(own());
  }

  /** A row as a query. */
  protected QueryVector query(Vectors vectors, int row) {
    return vectors.query(row);
  }

  /** A query near a row. */
  protected QueryVector near(Vectors vectors, int row) {
    float[] moved = ((DenseQuery) vectors.query(row)).values();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (0.1 * random.nextGaussian());
    }
    return new DenseQuery(moved);
  }

  @ParameterizedTest
  @CsvSource({
    "1,L2",
    "1,IP",
    "3,L2",
    "3,COSINE",
    "127,L2",
    "127,IP",
    "128,L2",
    "128,COSINE",
    "128,IP",
    "768,COSINE"
  })
  void findsNineteenOfTwentyAndNamesTheirTrueScores(int dimension, Metric ofNumbers)
      throws Exception {
    Metric metric = as(ofNumbers);
    Vectors vectors = clustered(1200, dimension);
    try (VectorIndex index = index(vectors, all(1200), metric)) {
      assertThat(index.size()).isEqualTo(1200);
      for (int k : new int[] {1, 10, 100}) {
        assertThat(recall(index, vectors, metric, k, null))
            .as("seed %d k %d", seed, k)
            .isGreaterThan(0.95);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "IP", "COSINE"})
  void findsOnlyRowsThatPassTheFilter(Metric ofNumbers) throws Exception {
    Metric metric = as(ofNumbers);
    Vectors vectors = clustered(1500, 32);
    try (VectorIndex index = index(vectors, all(1500), metric)) {
      for (double share : new double[] {0.9, 0.5, 0.2, 0.1}) {
        BitSet accept = new BitSet();
        IntStream.range(0, 1500).filter(i -> random.nextDouble() < share).forEach(accept::set);
        assertThat(recall(index, vectors, metric, 10, accept))
            .as("seed %d share %s", seed, share)
            .isGreaterThan(0.95);
      }
    }
  }

  @Test
  void vectorsOfATinyScaleAreToldApart() throws Exception {
    float[] tiny = numbers(1200, 16);
    for (int i = 0; i < tiny.length; i++) {
      tiny[i] *= 1e-6f;
    }
    Vectors vectors = of(tiny, 16);
    Metric metric = as(Metric.L2);
    try (VectorIndex index = index(vectors, all(1200), metric)) {
      for (int row = 0; row < 1200; row += 7) {
        TopK out = new TopK(1, metric);
        index.search(query(vectors, row), 1, SearchParameters.DEFAULT, null, out);
        assertOfItself(out.drain().score(0));
      }
    }
  }

  @Test
  void rowsLeftOutAreNotFoundAndTheOthersKeepTheirOrdinals() throws Exception {
    Vectors vectors = clustered(1000, 16);
    Metric metric = as(Metric.L2);
    BitSet include = new BitSet();
    IntStream.range(0, 1000).filter(i -> i % 3 != 0 && i != 999).forEach(include::set);
    try (VectorIndex index = index(vectors, include, metric)) {
      assertThat(index.size()).isEqualTo(include.cardinality());
      for (int row = 1; row < 1000; row += 97) {
        TopK out = new TopK(10, metric);
        index.search(query(vectors, row), 10, SearchParameters.DEFAULT, null, out);
        TopK.Hits hits = out.drain();
        assertThat(IntStream.of(hits.ordinals()).allMatch(include::get)).isTrue();
        if (include.get(row)) {
          assertOfItself(hits.score(0));
        }
      }
    }
  }

  @Test
  void copiesOfOneVectorAreAllAsNear() throws Exception {
    float[] data = new float[1500 * 4];
    java.util.Arrays.fill(data, 2.5f);
    QueryVector query = query(of(new float[] {1, 2, 3, 4}, 4), 0);
    for (Metric ofNumbers : List.of(Metric.L2, Metric.IP, Metric.COSINE)) {
      Metric metric = as(ofNumbers);
      try (VectorIndex index = index(of(data, 4), all(1500), metric)) {
        TopK out = new TopK(10, metric);
        index.search(query, 10, SearchParameters.DEFAULT, null, out);
        TopK.Hits hits = out.drain();
        assertThat(new HashSet<>(IntStream.of(hits.ordinals()).boxed().toList())).hasSize(10);
        assertThat(hits.score(9)).isEqualTo(hits.score(0));
      }
    }
  }

  @Test
  void manyCopiesHideNoOtherVector() throws Exception {
    float[] data = new float[2000 * 8];
    for (int row = 0; row < 2000; row++) {
      Random group = new Random(row % 20);
      for (int i = 0; i < 8; i++) {
        data[row * 8 + i] = (float) group.nextGaussian();
      }
    }
    Vectors vectors = of(data, 8);
    Metric metric = as(Metric.L2);
    try (VectorIndex index = index(vectors, all(2000), metric)) {
      for (int group = 0; group < 20; group++) {
        TopK out = new TopK(5, metric);
        index.search(query(vectors, group), 5, SearchParameters.DEFAULT, null, out);
        for (float score : out.drain().scores()) {
          assertOfItself(score);
        }
      }
    }
  }

  @Test
  void anEmptyIndexFindsNothing() throws Exception {
    Vectors vectors = of(new float[40], 4);
    Metric metric = as(Metric.IP);
    try (VectorIndex index = index(vectors, new BitSet(), metric)) {
      TopK out = new TopK(5, metric);
      index.search(query(vectors, 0), 5, SearchParameters.DEFAULT, null, out);
      assertThat(out.size()).isZero();
      assertThat(index.size()).isZero();
    }
  }

  @Test
  protected void wantingMoreThanThereIsGivesAll() throws Exception {
    Metric metric = as(Metric.COSINE);
    for (int rows : new int[] {1, 2, 30}) {
      Vectors vectors = clustered(rows, 5);
      try (VectorIndex index = index(vectors, all(rows), metric)) {
        TopK out = new TopK(1000, metric);
        index.search(query(vectors, 0), 1000, SearchParameters.DEFAULT, null, out);
        assertThat(out.size()).isEqualTo(rows);
      }
    }
  }

  @Test
  protected void rowsNearerThanARangeDoNotCrowdOutThoseWithin() throws Exception {
    Vectors vectors = clustered(2000, 16);
    Metric metric = as(Metric.L2);
    try (VectorIndex index = index(vectors, all(2000), metric)) {
      QueryVector query = query(vectors, 7);
      TopK near = new TopK(500, metric);
      ExactSearch.search(vectors, query, null, near);
      TopK.Hits order = near.drain();
      SearchParameters told = new SearchParameters(Map.of(), order.score(450), order.score(200));
      for (SearchParameters parameters : List.of(SearchParameters.DEFAULT, told)) {
        TopK out = new TopK(10, metric);
        out.restrict(told.radius(), told.rangeFilter());
        index.search(query, 10, parameters, null, out);
        TopK.Hits found = out.drain();
        assertThat(found.size()).as("seed %d", seed).isEqualTo(10);
        assertThat(metric.nearer(found.score(0), order.score(200))).isFalse();
        assertThat(metric.nearer(order.score(215), found.score(9))).as("seed %d", seed).isFalse();
      }
    }
  }

  @Test
  void manyThreadsSearchAtOnce() throws Exception {
    Vectors vectors = clustered(1000, 24);
    Metric metric = as(Metric.L2);
    try (VectorIndex index = index(vectors, all(1000), metric);
        ExecutorService pool = Executors.newFixedThreadPool(8)) {
      Future<?>[] done = new Future<?>[8];
      for (int t = 0; t < 8; t++) {
        int first = t;
        done[t] =
            pool.submit(() -> {
              for (int row = first; row < 1000; row += 8) {
                TopK out = new TopK(1, metric);
                index.search(query(vectors, row), 1, SearchParameters.DEFAULT, null, out);
                assertOfItself(out.drain().score(0));
              }
            });
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  @Test
  void aClosedIndexSaysSo() throws Exception {
    Vectors vectors = clustered(10, 3);
    Metric metric = as(Metric.L2);
    VectorIndex index = index(vectors, all(10), metric);
    index.close();
    index.close();
    assertThatThrownBy(() ->
            index.search(query(vectors, 0), 1, SearchParameters.DEFAULT, null, new TopK(1, metric)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  /** Mean share of the exact k best found, over 50 queries; checks scores, uniqueness, filter. */
  protected double recall(
      VectorIndex index, Vectors vectors, Metric metric, int k, @Nullable BitSet accept) {
    double sum = 0;
    int queries = 50;
    for (int q = 0; q < queries; q++) {
      QueryVector query = near(vectors, random.nextInt(vectors.size()));
      TopK exact = new TopK(k, metric);
      ExactSearch.search(vectors, query, accept, exact);
      TopK.Hits truth = exact.drain();
      TopK out = new TopK(k, metric);
      index.search(query, k, SearchParameters.DEFAULT, accept, out);
      TopK.Hits found = out.drain();
      Set<Integer> seen = new HashSet<>();
      int right = 0;
      float last = truth.score(truth.size() - 1);
      for (int i = 0; i < found.size(); i++) {
        int row = found.ordinal(i);
        assertThat(seen.add(row)).isTrue();
        assertThat(accept == null || accept.get(row)).isTrue();
        // A kernel adds up in another order once it is compiled: the same row's score may differ.
        boolean asNear = Math.abs(found.score(i) - last) <= 1e-5f * Math.abs(last);
        right += asNear || !metric.nearer(last, found.score(i)) ? 1 : 0;
      }
      sum += (double) right / truth.size();
    }
    return sum / queries;
  }

  protected Vectors clustered(int rows, int dimension) {
    return of(numbers(rows, dimension), dimension);
  }

  private float[] numbers(int rows, int dimension) {
    float[] data = new float[rows * dimension];
    float[][] centres = new float[Math.max(1, rows / 100)][dimension];
    for (float[] centre : centres) {
      for (int i = 0; i < dimension; i++) {
        centre[i] = (float) random.nextGaussian();
      }
    }
    for (int row = 0; row < rows; row++) {
      float[] centre = centres[random.nextInt(centres.length)];
      for (int i = 0; i < dimension; i++) {
        data[row * dimension + i] = centre[i] + (float) (0.5 * random.nextGaussian());
      }
    }
    return data;
  }

  protected static BitSet all(int rows) {
    BitSet all = new BitSet();
    all.set(0, rows);
    return all;
  }
}
