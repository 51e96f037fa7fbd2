package io.tidemark.engine.index.band;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.FamilyContract;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Signatures whose elements tell the signs of numbers, so that near vectors share many. */
class MinHashContractTest extends FamilyContract {
  private static final int ELEMENT_BYTES = 2;

  /** If one of so few differs, no whole band may be left. */
  private static final int FEW = 8;

  MinHashContractTest() {
    super(IndexType.MINHASH_LSH);
  }

  /** Bands of two elements: of clusters' rows nearly all pairs share one. */
  @Override
  protected Map<String, String> parameters(Vectors vectors) {
    int elements = vectors.dimension() / Byte.SIZE / ELEMENT_BYTES;
    return Map.of("mh_element_bit_width", "16", "mh_lsh_band", Integer.toString(elements / 2));
  }

  /** An element for each number, from the first again until they are an even number. */
  @Override
  protected Vectors of(float[] data, int dimension) {
    int elements = dimension + dimension % 2;
    int rows = data.length / dimension;
    byte[] bits = new byte[rows * elements * ELEMENT_BYTES];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < elements; i++) {
        byte element = (byte) (data[row * dimension + i % dimension] > 0 ? 77 : 0);
        bits[(row * elements + i) * ELEMENT_BYTES + i % 2] = element;
      }
    }
    return new BinaryVectors(bits, elements * ELEMENT_BYTES * Byte.SIZE, null);
  }

  @Override
  protected Metric as(Metric metric) {
    return Metric.MHJACCARD;
  }

  @Override
  protected float own() {
    return 1;
  }

  @Override
  protected QueryVector query(Vectors vectors, int row) {
    return ((BinaryQuery) vectors.query(row)).ofElements(ELEMENT_BYTES);
  }

  @Override
  protected QueryVector near(Vectors vectors, int row) {
    byte[] bits = ((BinaryQuery) vectors.query(row)).bits();
    int elements = bits.length / ELEMENT_BYTES;
    for (int i = 0; i < elements; i++) {
      boolean differs = elements > FEW && random.nextInt(10) == 0;
      bits[i * ELEMENT_BYTES + i % 2] ^= (byte) (differs ? 77 : 0);
    }
    return new BinaryQuery(bits).ofElements(ELEMENT_BYTES);
  }

  /** All that share a band. */
  @Override
  @Test
  protected void wantingMoreThanThereIsGivesAll() throws Exception {
    Vectors vectors = of(new float[] {1, 1, 1, -1, 1, 1, -1, -1, -1, -1, 1, 1}, 4);
    try (VectorIndex index = index(vectors, all(3), Metric.MHJACCARD)) {
      TopK out = new TopK(1000, Metric.MHJACCARD);
      index.search(query(vectors, 0), 1000, SearchParameters.DEFAULT, null, out);
      assertThat(out.drain().ordinals()).containsExactly(0, 1);
      index.search(query(vectors, 2), 1000, SearchParameters.DEFAULT, null, out);
      assertThat(out.drain().ordinals()).containsExactly(2);
      assertThat(index.leavesFarRowsOut()).isTrue();
    }
  }

  @Override
  @Test
  protected void rowsNearerThanARangeDoNotCrowdOutThoseWithin() throws Exception {
    Vectors vectors = clustered(2000, 64);
    try (VectorIndex index = index(vectors, all(2000), Metric.MHJACCARD)) {
      QueryVector query = query(vectors, 7);
      TopK exact = new TopK(2000, Metric.MHJACCARD);
      TopK out = new TopK(2000, Metric.MHJACCARD);
      exact.restrict(0.7f, 0.9f);
      out.restrict(0.7f, 0.9f);
      ExactSearch.search(vectors, query, null, exact);
      index.search(query, 2000, SearchParameters.DEFAULT, null, out);
      TopK.Hits hits = out.drain();
      assertThat(hits.ordinals()).hasSizeGreaterThan(10).containsExactly(exact.drain().ordinals());
      assertThat(hits.score(0)).isLessThanOrEqualTo(0.9f);
      assertThat(hits.score(hits.size() - 1)).isGreaterThan(0.7f);
    }
  }

  @Test
  void theSameRowsGiveTheSameBytesWithAnyNumberOfThreads() throws Exception {
    Vectors vectors = clustered(700, 20);
    BitSet all = all(700);
    assertThat(Files.readAllBytes(write(build(vectors, all, Metric.MHJACCARD, 1), "a").file()))
        .isEqualTo(Files.readAllBytes(write(build(vectors, all, Metric.MHJACCARD, 3), "b").file()));
  }

  @Test
  void elementsOfEveryWidthAreComparedAsTheNaiveReferenceComparesThem() {
    for (int elementBytes : new int[] {1, 2, 4, 8}) {
      for (int elements : new int[] {1, 3, 8, 33}) {
        int length = elements * elementBytes;
        byte[] data = new byte[length];
        byte[] query = new byte[length];
        random.nextBytes(data);
        int same = 0;
        for (int e = 0; e < elements; e++) {
          System.arraycopy(data, e * elementBytes, query, e * elementBytes, elementBytes);
          boolean differs = random.nextBoolean();
          query[e * elementBytes + random.nextInt(elementBytes)] ^=
              (byte) (differs ? 1 << random.nextInt(8) : 0);
          same += differs ? 0 : 1;
        }
        float nearness =
            new BinaryVectors(data, length * 8, null)
                .scorer(Metric.MHJACCARD, new BinaryQuery(query).ofElements(elementBytes))
                .nearness(0);
        assertThat(nearness)
            .as("seed %d, %d elements of %d bytes", seed, elements, elementBytes)
            .isEqualTo(Float.valueOf(same == 0 ? Float.NaN : (float) same / elements));
      }
    }
  }

  @Test
  void elementsAndBandsThatDoNotFitAreRefused() {
    MinHashLsh family = new MinHashLsh();
    family.checkBuild(Map.of("mh_element_bit_width", "32", "mh_lsh_band", "4"), 256);
    refused(family, Map.of("mh_element_bit_width", "12"), "element bit width : 12");
    refused(
        family, Map.of("mh_element_bit_width", "64"), "Dimension: 96, mh_element_bit_width: 64");
    refused(family, Map.of("mh_lsh_band", "5"), "Elements: 12, mh_lsh_band: 5");
    refused(family, Map.of("mh_lsh_band", "0"), "param 'mh_lsh_band' (0)");
  }

  private static void refused(MinHashLsh family, Map<String, String> given, String words) {
    assertThatThrownBy(() -> family.checkBuild(given, 96))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(words);
  }
}
