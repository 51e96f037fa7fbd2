package io.tidemark.engine.index.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.engine.index.FamilyContract;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.engine.vector.SparseVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists find exactly what a scan finds, and say so when their file is damaged. */
class SparseIndexTest extends FamilyContract {
  private static final SparseFamily FAMILY = SparseFamily.INVERTED;

  /** More than the rows of two windows, the last not full. */
  private static final int ROWS = 2 * ListWindow.ROWS + 1_500;

  private Map<String, String> parameters = Map.of();

  SparseIndexTest() {
    super(FAMILY.type());
  }

  @Override
  protected Map<String, String> parameters(Vectors vectors) {
    return parameters;
  }

  private VectorIndex open(Vectors vectors, Map<String, String> given) throws Exception {
    parameters = given;
    return index(vectors, all(vectors.size()), Metric.IP);
  }

  @Override
  protected Metric as(Metric metric) {
    return Metric.IP;
  }

  @Override
  protected void assertOfItself(float score) {
    assertThat(score).as("seed %d", seed).isCloseTo(1, within(1e-5f));
  }

  /** Unit vectors, so that each is nearest to itself, with a place for each number's sign. */
  @Override
  protected Vectors of(float[] data, int dimension) {
    int rows = data.length / dimension;
    int[] starts = new int[rows + 1];
    int[] indices = new int[data.length + rows];
    float[] values = new float[data.length + rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        squares += (double) data[row * dimension + i] * data[row * dimension + i];
      }
      // A quarter of the length is in a place that all have, so that any two meet.
      for (int i = 0; i < dimension && squares > 0; i++) {
        float value = data[row * dimension + i];
        indices[count] = value < 0 ? -2 - (dimension - i) : i;
        values[count++] = (float) (Math.abs(value) / Math.sqrt(squares) * Math.sqrt(15 / 16.0));
      }
      if (squares > 0) {
        indices[count] = dimension + 7;
        values[count++] = 0.25f;
      }
      sort(indices, values, starts[row], count);
      starts[row + 1] = count;
    }
    return new SparseVectors(
        starts, Arrays.copyOf(indices, count), Arrays.copyOf(values, count), null);
  }

  private static void sort(int[] indices, float[] values, int from, int to) {
    int[] order =
        IntStream.range(from, to)
            .boxed()
            .sorted((a, b) -> Integer.compareUnsigned(indices[a], indices[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] sorted = IntStream.of(order).map(i -> indices[i]).toArray();
    float[] numbers = new float[order.length];
    for (int i = 0; i < order.length; i++) {
      numbers[i] = values[order[i]];
    }
    System.arraycopy(sorted, 0, indices, from, sorted.length);
    System.arraycopy(numbers, 0, values, from, numbers.length);
  }

  @Override
  protected QueryVector near(Vectors vectors, int row) {
    SparseQuery query = ((SparseVectors) vectors).query(row);
    float[] moved = query.values();
    for (int i = 0; i < moved.length; i++) {
      moved[i] *= 0.9f + 0.2f * random.nextFloat();
    }
    return query;
  }

  /** Like embeddings of texts: a few places are in many rows, most in few, and weights differ. */
  private SparseVectors texts(int rows) {
    int[] starts = new int[rows + 1];
    int[] indices = new int[40 * rows];
    float[] values = new float[40 * rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      int[] places =
          IntStream.range(0, random.nextInt(40))
              .map(i -> 70_000 * (int) (30_000 * Math.pow(random.nextDouble(), 3)))
              .boxed()
              .sorted(Integer::compareUnsigned)
              .distinct()
              .mapToInt(Integer::intValue)
              .toArray();
      for (int place : places) {
        indices[count] = place;
        values[count++] = random.nextInt(9) == 0 ? 0 : 3 * random.nextFloat() * random.nextFloat();
      }
      starts[row + 1] = count;
    }
    return new SparseVectors(
        starts, Arrays.copyOf(indices, count), Arrays.copyOf(values, count), null);
  }

  private static TopK.Hits exact(
      Vectors vectors, QueryVector query, @Nullable BitSet accept, TopK out) {
    ExactSearch.search(vectors, query, accept, out);
    return out.drain();
  }

  private static TopK ranged(int k, SearchParameters range) {
    TopK out = new TopK(k, Metric.IP);
    out.restrict(range.radius(), range.rangeFilter());
    return out;
  }

  /** Numbers are finite, but their products need not be. */
  @Test
  void scoresBeyondTheLargestFloatAreHitsAsWell() throws Exception {
    int[] starts = IntStream.rangeClosed(0, ROWS).map(row -> 2 * row).toArray();
    int[] indices = IntStream.range(0, 2 * ROWS).map(i -> 1 + i % 2).toArray();
    float[] values = new float[2 * ROWS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2 == 0 && i % 7 == 0 ? 1e20f : 1;
    }
    SparseVectors vectors = new SparseVectors(starts, indices, values, null);
    SparseQuery query = new SparseQuery(new int[] {1, 2}, new float[] {1e20f, 1});
    try (VectorIndex index = open(vectors, Map.of())) {
      for (int k : new int[] {1, 100, ROWS}) {
        TopK out = new TopK(k, Metric.IP);
        index.search(query, k, SearchParameters.DEFAULT, null, out);
        assertThat(out.drain().ordinals())
            .as("k %d", k)
            .containsExactly(exact(vectors, query, null, new TopK(k, Metric.IP)).ordinals());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void hitsAreThoseOfAScanToTheLastBit(Algorithm algorithm) throws Exception {
    SparseVectors vectors = texts(ROWS);
    BitSet some = new BitSet();
    IntStream.range(0, ROWS).filter(i -> random.nextInt(3) == 0).forEach(some::set);
    try (VectorIndex index = open(vectors, Map.of("inverted_index_algo", algorithm.name()))) {
      assertThat(index.bytes()).isLessThan(vectors.bytes());
      for (int round = 0; round < 60; round++) {
        QueryVector query = texts(1).query(0);
        int k = new int[] {1, 10, 300, ROWS}[round % 4];
        SearchParameters range =
            round % 3 == 0 ? new SearchParameters(Map.of(), 1, 4) : SearchParameters.DEFAULT;
        BitSet accept = round % 2 == 0 ? null : some;
        TopK.Hits truth = exact(vectors, query, accept, ranged(k, range));
        TopK out = ranged(k, range);
        index.search(query, k, range, accept, out);
        TopK.Hits found = out.drain();
        assertThat(found.ordinals())
            .as("seed %d round %d", seed, round)
            .isEqualTo(truth.ordinals());
        assertThat(found.scores()).isEqualTo(truth.scores());
      }
    }
  }

  @Test
  void mostRowsAreLeftUnscoredUnlessAllIsRead() throws Exception {
    SparseVectors vectors = texts(ROWS);
    try (VectorIndex index = open(vectors, Map.of())) {
      long scored = 0;
      for (int round = 0; round < 40; round++) {
        scored +=
            index
                .search(
                    vectors.query(random.nextInt(ROWS)),
                    10,
                    SearchParameters.DEFAULT,
                    null,
                    new TopK(10, Metric.IP))
                .scored();
      }
      assertThat(scored / 40).as("seed %d", seed).isLessThan(ROWS / 20);
    }
  }

  @Test
  void rowsThatShareNothingWithTheQueryAreNoHits() throws Exception {
    SparseVectors vectors = texts(500);
    QueryVector stranger = new SparseQuery(new int[] {1, 3}, new float[] {1, 2});
    assertThat(exact(vectors, stranger, null, new TopK(5, Metric.IP)).size()).isZero();
    try (VectorIndex index = open(vectors, Map.of())) {
      assertThat(index.leavesFarRowsOut()).isTrue();
      for (QueryVector none :
          new QueryVector[] {stranger, new SparseQuery(new int[0], new float[0])}) {
        TopK out = new TopK(5, Metric.IP);
        index.search(none, 5, SearchParameters.DEFAULT, null, out);
        assertThat(out.size()).isZero();
      }
    }
  }

  @Test
  void droppedElementsFindNoRowsButCountInScores() throws Exception {
    SparseVectors vectors =
        new SparseVectors(new int[] {0, 1, 3}, new int[] {1, 1, 2}, new float[] {1, 2, 5}, null);
    QueryVector query = new SparseQuery(new int[] {1, 2}, new float[] {0.1f, 1});
    try (VectorIndex index = open(vectors, Map.of("drop_ratio_build", "0.9"))) {
      TopK out = new TopK(2, Metric.IP);
      SearchParameters dropping =
          new SearchParameters(Map.of("drop_ratio_search", "0.5"), Float.NaN, Float.NaN);
      index.search(query, 2, dropping, null, out);
      TopK.Hits hits = out.drain();
      assertThat(hits.ordinals()).containsExactly(1);
      assertThat(hits.score(0)).isCloseTo(5.2f, within(1e-5f));
      index.search(query, 2, SearchParameters.DEFAULT, null, out);
      assertThat(out.drain().ordinals()).containsExactly(1, 0);
    }
    for (String bad : new String[] {"1", "-0.1", "much"}) {
      assertThatThrownBy(() -> FAMILY.checkSearch(Map.of("drop_ratio_search", bad), 1))
          .isInstanceOf(TidemarkException.class)
          .hasMessageContaining("drop_ratio_search")
          .hasMessageContaining(bad);
    }
    assertThatThrownBy(() -> FAMILY.checkBuild(Map.of("inverted_index_algo", "BMW"), 0))
        .hasMessageContaining("sparse inverted index algo")
        .hasMessageContaining("DAAT_MAXSCORE");
  }

  @Test
  void codesStandForNoLessThanTheirValues() {
    for (int round = 0; round < 100_000; round++) {
      float largest = Float.intBitsToFloat(random.nextInt(0x7F00_0000 - 0x0080_0000) + 0x0080_0000);
      float value = round % 9 == 0 ? largest : random.nextFloat() * largest;
      float scale = ListWindow.scale(largest);
      if (value > 0) {
        assertThat(ListWindow.code(value, scale) * scale)
            .as("%s of %s", value, largest)
            .isGreaterThanOrEqualTo(value);
      }
    }
  }

  @Test
  void listsOverOtherRowsOrOtherVectorsAreRefused() throws Exception {
    SparseVectors vectors = texts(300);
    IndexBlob blob = write(build(vectors, all(300), Metric.IP, 1), "lists");
    assertThatThrownBy(() -> FAMILY.open(blob, texts(301), Metric.IP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("row count is 300, expected 301");
    FloatVectors dense = new FloatVectors(new float[8], 4);
    assertThatThrownBy(() -> FAMILY.open(blob, dense, Metric.IP))
        .hasMessageContaining("SPARSE_INVERTED_INDEX takes no FLOAT_VECTOR");
    assertThatThrownBy(() -> build(dense, all(2), Metric.IP, 1))
        .hasMessageContaining("SPARSE_INVERTED_INDEX takes no FLOAT_VECTOR");
  }
}
