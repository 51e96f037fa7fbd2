package io.tidemark.sql.function;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * Tidemark's scalar functions, by name. The catalog lists them, so that they need no registration.
 */
public final class TidemarkFunctions {
  private static final Map<String, Class<? extends ScalarFunction>> DEFINITIONS =
      Map.ofEntries(
          Map.entry("L2_DISTANCE", L2DistanceFunction.class),
          Map.entry("INNER_PRODUCT", InnerProductFunction.class),
          Map.entry("COSINE_SIMILARITY", CosineSimilarityFunction.class),
          Map.entry("COSINE_DISTANCE", CosineDistanceFunction.class),
          Map.entry("HAMMING_DISTANCE", HammingDistanceFunction.class),
          Map.entry("JACCARD_SIMILARITY", JaccardSimilarityFunction.class),
          Map.entry("JACCARD_DISTANCE", JaccardDistanceFunction.class),
          Map.entry("VECTOR_NORMALIZE", VectorNormalizeFunction.class),
          Map.entry("VECTOR_NORM", VectorNormFunction.class),
          Map.entry("VECTOR_DIMENSION", VectorDimensionFunction.class),
          Map.entry("VECTOR_PARSE", VectorParseFunction.class),
          Map.entry("VECTOR_PRINT", VectorPrintFunction.class));

  private TidemarkFunctions() {}

  /**
   * Names in upper case, sorted, and the classes behind them, which have a constructor without
   * arguments. Names in SQL are found in any case.
   */
  public static Map<String, Class<? extends ScalarFunction>> definitions() {
    return new TreeMap<>(DEFINITIONS);
  }

  /** Registers them for a session that does not use Tidemark's catalog. */
  public static void register(TableEnvironment environment) {
    definitions().forEach(environment::createTemporarySystemFunction);
  }
}
