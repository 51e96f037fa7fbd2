package io.tidemark.sql.function;

import org.apache.flink.table.api.TableEnvironment;

/** Makes Tidemark's functions known to a table environment. */
public final class TidemarkFunctions {
  private TidemarkFunctions() {}

  /**
   * Registers {@code L2_DISTANCE}, {@code INNER_PRODUCT} and {@code COSINE_SIMILARITY} for the
   * session.
   */
  public static void register(TableEnvironment environment) {
    environment.createTemporarySystemFunction("L2_DISTANCE", L2DistanceFunction.class);
    environment.createTemporarySystemFunction("INNER_PRODUCT", InnerProductFunction.class);
    environment.createTemporarySystemFunction("COSINE_SIMILARITY", CosineSimilarityFunction.class);
  }
}
