package io.tidemark.engine.index.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.SharedGraphs;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.ByteVectors;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.HalfVectors;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family over every type of vectors and metric that it takes; exact search is the oracle. */
class FamilyMatrixTest {
  private static final int ROWS = 1500;
  private static final int DIMENSION = 32;
  private static final int QUERIES = 40;
  private static final int K = 10;
  private static final long SEED = Long.getLong("seed", 20_260_101);
  private static final Map<DataType, Vectors> VECTORS = new EnumMap<>(DataType.class);

  @TempDir Path folder;

  /** AUTOINDEX is one of the others. */
  static Stream<Arguments> everything() {
    List<Arguments> all = new ArrayList<>();
    for (IndexFamily family : IndexFamilies.all()) {
      for (DataType type : family.vectorTypes()) {
        if (!family.type().builds() || family.type() == IndexType.AUTOINDEX || !isKnown(type)) {
          continue;
        }
        for (Metric metric : family.metrics(type)) {
          if (metric == Metric.MHJACCARD) {
            continue; // signatures are no clusters of bits: they have a contract test of their own
          }
          for (Map<String, String> parameters : parameters(family.type(), type)) {
            all.add(Arguments.of(family.type(), type, metric, parameters));
          }
        }
      }
    }
    return all.stream();
  }

  /** Vectors of other kinds have a test of their own. */
  private static boolean isKnown(DataType type) {
    return switch (type) {
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR -> true;
      default -> false;
    };
  }

  @ParameterizedTest
  @MethodSource("everything")
  void findsNineteenOfTwenty(
      IndexType type, DataType vectorType, Metric metric, Map<String, String> parameters)
      throws Exception {
    IndexFamily family = IndexFamilies.of(type);
    Vectors vectors = VECTORS.computeIfAbsent(vectorType, FamilyMatrixTest::vectors);
    Random random = new Random(SEED);
    BitSet include = share(random, 0.95);
    IndexDefinition definition = new IndexDefinition(1, 100, "v", "i", type, metric, parameters);
    BuiltIndex built =
        family.build(
            new IndexSource(vectors, include, definition, 2, SharedGraphs.INSTANCE), done -> {});
    Path file = Files.createTempFile(folder, "index", ".bin");
    long bytes = built.writeTo(file, 0);
    IndexBlob blob = new IndexBlob(file, 0, bytes, built.properties());
    try (VectorIndex index = family.open(blob, vectors, metric)) {
      assertThat(index.type()).isEqualTo(type);
      assertThat(index.size()).isEqualTo(include.cardinality());
      assertThat(recall(index, vectors, metric, include, null))
          .as("seed %d", SEED)
          .isGreaterThan(0.95);
      for (double share : new double[] {0.5, 0.1}) {
        BitSet accept = share(random, share);
        accept.and(include);
        assertThat(recall(index, vectors, metric, accept, accept))
            .as("seed %d, share %s", SEED, share)
            .isGreaterThan(0.95);
      }
    }
  }

  /** The defaults, but for DISKANN the graph that others have too; and codes of other kinds. */
  private static List<Map<String, String>> parameters(IndexType type, DataType vectors) {
    if (type == IndexType.DISKANN) {
      return List.of(Map.of("max_degree", "32"));
    }
    return type == IndexType.HNSW_SQ && vectors == DataType.FLOAT_VECTOR
        ? List.of(Map.of(), Map.of("sq_type", "fp16"), Map.of("sq_type", "BF16"))
        : List.of(Map.of());
  }

  private static BitSet share(Random random, double share) {
    BitSet rows = new BitSet();
    IntStream.range(0, ROWS).filter(row -> random.nextDouble() < share).forEach(rows::set);
    return rows;
  }

  /** The share of the ten best found; all of `rows` count. */
  private static double recall(
      VectorIndex index, Vectors vectors, Metric metric, BitSet rows, @Nullable BitSet accept) {
    double found = 0;
    double wanted = 0;
    for (int q = 0; q < QUERIES; q++) {
      QueryVector query = vectors.query(q * (ROWS / QUERIES));
      TopK exact = new TopK(K, metric);
      ExactSearch.search(vectors, query, rows, exact);
      TopK.Hits truth = exact.drain();
      TopK out = new TopK(K, metric);
      index.search(query, K, SearchParameters.DEFAULT, accept, out);
      found += asNear(out.drain(), truth.score(truth.size() - 1), metric);
      wanted += truth.size();
    }
    return found / wanted;
  }

  /** How many hits are as near as the last true one: equally near rows are all right. */
  private static int asNear(TopK.Hits hits, float last, Metric metric) {
    int count = 0;
    for (int i = 0; i < hits.size(); i++) {
      boolean equal = Math.abs(hits.score(i) - last) <= 1e-5f * Math.abs(last);
      count += equal || !metric.nearer(last, hits.score(i)) ? 1 : 0;
    }
    return count;
  }

  /** The same clusters of each type. */
  private static Vectors vectors(DataType type) {
    Random random = new Random(SEED);
    float[] data = new float[ROWS * DIMENSION];
    float[][] centres = new float[ROWS / 100][DIMENSION];
    for (float[] centre : centres) {
      for (int i = 0; i < DIMENSION; i++) {
        centre[i] = (float) (20 * random.nextGaussian());
      }
    }
    for (int row = 0; row < ROWS; row++) {
      float[] centre = centres[random.nextInt(centres.length)];
      for (int i = 0; i < DIMENSION; i++) {
        data[row * DIMENSION + i] = centre[i] + (float) (10 * random.nextGaussian());
      }
    }
    return switch (type) {
      case FLOAT16_VECTOR, BFLOAT16_VECTOR -> {
        short[] halves = new short[data.length];
        for (int i = 0; i < data.length; i++) {
          halves[i] =
              type == DataType.FLOAT16_VECTOR
                  ? HalfFloats.toHalf(data[i])
                  : HalfFloats.toBrain(data[i]);
        }
        yield new HalfVectors(type, halves, DIMENSION, null);
      }
      case INT8_VECTOR -> {
        byte[] bytes = new byte[data.length];
        for (int i = 0; i < data.length; i++) {
          bytes[i] = (byte) Math.clamp(Math.round(data[i]), -128, 127);
        }
        yield new ByteVectors(bytes, DIMENSION, null);
      }
      case BINARY_VECTOR -> {
        byte[] bits = new byte[data.length / 8];
        for (int i = 0; i < data.length; i++) {
          bits[i / 8] |= (byte) ((data[i] > 0 ? 1 : 0) << (7 - i % 8));
        }
        yield new BinaryVectors(bits, DIMENSION, null);
      }
      default -> new FloatVectors(data, DIMENSION);
    };
  }
}
