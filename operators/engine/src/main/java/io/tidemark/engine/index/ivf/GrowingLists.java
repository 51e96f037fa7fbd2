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
 * row costs some hundred scores, about a tenth of what it costs in a graph, and a search reads a
 * quarter of the rows' codes. Stateless.
 */
public final class GrowingLists {
  private static final int LISTS = 64;

  /** Of which a search reads so many unless it says how many. */
  private static final int PROBES = 16;

  private static final Map<String, String> PARAMETERS =
      Map.of(IvfFamily.NLIST.name(), Integer.toString(LISTS));

  private GrowingLists() {}

  /** Whether such an index can be made, and pays: other vectors are searched exactly. */
  public static boolean takes(Vectors vectors) {
    return vectors instanceof FloatVectors
        && vectors.size() >= LISTS * InvertedLists.ROWS_PER_LIST_MIN;
  }

  /** What a build costs, in rows scored. */
  public static long buildCost(Vectors vectors) {
    long sample = Math.min(vectors.size(), (long) LISTS * InvertedLists.SAMPLES_PER_LIST);
    return (sample * BalancedMeans.ROUNDS + vectors.size()) * LISTS;
  }

  /**
   * An index of all rows that have a vector.
   *
   * @throws InterruptedException if the thread is interrupted; nothing runs on
   */
  public static VectorIndex build(Vectors vectors, Metric metric) throws InterruptedException {
    BitSet all = new BitSet(vectors.size());
    all.set(0, vectors.size());
    IndexDefinition definition =
        new IndexDefinition(0, 0, "growing", "growing", IndexType.IVF_SQ8, metric, PARAMETERS);
    IvfFamily family = new IvfSq8(PROBES);
    BuiltIvf built =
        family.build(new IndexSource(vectors, all, definition, 1, BuildDevice.CPU), rows -> {});
    return built.open(family, vectors);
  }
}
