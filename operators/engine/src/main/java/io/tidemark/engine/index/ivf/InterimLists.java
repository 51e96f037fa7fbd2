package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.Map;

/**
 * Indexes of rows that will soon be in another segment: lists over scalar codes, in memory only. A
 * row costs some hundred scores, about a tenth of what it costs in a graph, and a search of 50,000
 * rows reads an eighth of the rows' codes. Stateless.
 */
public final class InterimLists {
  /** With fewer, a search would hardly read less than all. */
  private static final int LISTS_MIN = 32;

  private static final int LISTS_MAX = 256;
  private static final int ROWS_PER_LIST = 128;

  /** Lists that a search reads unless it says how many, for the square root of those there are. */
  private static final double PROBES = 2;

  /** What scoring a centroid costs, which is in the cache, in rows of an exact scan. */
  private static final double CENTROID_COST = 0.6;

  /** A row's number, and the factor of its code. */
  private static final int ROW_BYTES = 8;

  private InterimLists() {}

  /** Whether such an index can be made, and pays: other vectors are searched exactly. */
  public static boolean takes(Vectors vectors) {
    return vectors instanceof FloatVectors
        && vectors.size() >= LISTS_MIN * InvertedLists.ROWS_PER_LIST_MIN;
  }

  private static int lists(Vectors vectors) {
    return Math.clamp(vectors.size() / ROWS_PER_LIST, LISTS_MIN, LISTS_MAX);
  }

  /** What a build costs, in rows scored. */
  public static long buildCost(Vectors vectors) {
    int lists = lists(vectors);
    long sample = Math.min(vectors.size(), (long) lists * InvertedLists.SAMPLES_PER_LIST);
    return (long) (CENTROID_COST * (sample * BalancedMeans.ROUNDS + vectors.size()) * lists);
  }

  /** Heap bytes that the index takes, about. */
  public static long bytes(Vectors vectors) {
    long dimension = vectors.dimension();
    return vectors.size() * (dimension + ROW_BYTES) + lists(vectors) * dimension * Float.BYTES;
  }

  /**
   * An index of all rows that have a vector.
   *
   * @throws InterruptedException if the thread is interrupted; nothing runs on
   */
  public static VectorIndex build(Vectors vectors, Metric metric) throws InterruptedException {
    BitSet all = new BitSet(vectors.size());
    all.set(0, vectors.size());
    int lists = lists(vectors);
    Map<String, String> parameters = Map.of(IvfFamily.NLIST.name(), Integer.toString(lists));
    IndexDefinition definition =
        new IndexDefinition(0, 0, "interim", "interim", IndexType.IVF_SQ8, metric, parameters);
    IvfFamily family = new IvfSq8((int) Math.round(PROBES * Math.sqrt(lists)));
    BuiltIvf built =
        family.build(new IndexSource(vectors, all, definition, 1, BuildDevice.CPU), rows -> {});
    return built.open(family, vectors);
  }
}
