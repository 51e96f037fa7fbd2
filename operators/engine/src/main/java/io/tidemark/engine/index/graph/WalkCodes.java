package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.ScalarCodes;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import org.jspecify.annotations.Nullable;

/**
 * Codes in memory only for a graph whose file has none: a byte for each number of its vectors. A
 * walk meets rows at random, so that it waits for memory more than it computes, and by codes it
 * waits for a quarter as much. What it finds is scored again by the vectors, so that recall is that
 * of the vectors as long as codes put rows near one another in the same order: if they do not, for
 * rows that lie closer together than a code can tell, there are none. Stateless.
 */
final class WalkCodes {
  /** Smaller vectors lie in the processor's caches. */
  private static final long VECTOR_BYTES_MIN = 4 << 20;

  /** Below this a row is only a cache line or two in any case. */
  private static final int DIMENSION_MIN = 32;

  private static final int SAMPLES = 128;
  private static final int NEIGHBOURS = 16;

  /** Pairs of neighbours that codes must put in order as the vectors do. */
  private static final double AGREEMENT_MIN = 0.97;

  private WalkCodes() {}

  /** What they take at most. */
  static long bytes(FieldSchema field, long rows) {
    return field.type() == DataType.FLOAT_VECTOR ? rows * (field.dimension() + Float.BYTES) : 0;
  }

  /** Null if there had better be none. */
  static @Nullable VectorCodes of(FlatGraph graph, Vectors vectors, Metric metric) {
    if (!(vectors instanceof FloatVectors floats)
        || floats.dimension() < DIMENSION_MIN
        || floats.bytes() < VECTOR_BYTES_MIN) {
      return null;
    }
    VectorCodes codes =
        ScalarCodes.of(floats, CodeRows.byRow(graph.bottom().nodes(), floats.size()), metric);
    return agreement(graph, floats, codes, metric) >= AGREEMENT_MIN ? codes : null;
  }

  /**
   * The share of pairs of a node's neighbours that codes put in the same order as seen from it,
   * over some nodes; 1 if there are no pairs.
   */
  static double agreement(FlatGraph graph, FloatVectors vectors, VectorCodes codes, Metric metric) {
    FlatGraph.Bottom bottom = graph.bottom();
    int step = Math.max(1, bottom.rows() / SAMPLES);
    long pairs = 0;
    long agreeing = 0;
    int[] neighbours = new int[NEIGHBOURS];
    float[] exact = new float[NEIGHBOURS];
    float[] coded = new float[NEIGHBOURS];
    for (int row = 0; row < bottom.rows(); row += step) {
      int count = Math.min(NEIGHBOURS, bottom.offsets[row + 1] - bottom.offsets[row]);
      System.arraycopy(bottom.neighbours, bottom.offsets[row], neighbours, 0, count);
      DenseQuery query = DenseQuery.of(vectors.query(row));
      RowScorer byVectors = vectors.scorer(metric, query);
      RowScorer byCodes = codes.scorer(metric, query.values());
      byVectors.nearness(neighbours, count, exact);
      byCodes.nearness(neighbours, count, coded);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
          if (exact[i] != exact[j]) {
            pairs++;
            agreeing += (exact[i] < exact[j]) == (coded[i] < coded[j]) ? 1 : 0;
          }
        }
      }
    }
    return pairs == 0 ? 1 : (double) agreeing / pairs;
  }
}
