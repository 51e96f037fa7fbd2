package io.tidemark.sql.function;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.sql.search.TidemarkHybridSearchFunction;
import io.tidemark.sql.search.TidemarkSearchFunction;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.functions.UserDefinedFunctionHelper;

/** Tidemark's functions, by name. The catalog lists them, so that they need no registration. */
public final class TidemarkFunctions {
  private static final Map<String, Class<? extends UserDefinedFunction>> DEFINITIONS =
      Map.ofEntries(
          Map.entry("L2_DISTANCE", L2DistanceFunction.class),
          Map.entry("INNER_PRODUCT", InnerProductFunction.class),
          Map.entry("COSINE_SIMILARITY", CosineSimilarityFunction.class),
          Map.entry("COSINE_DISTANCE", CosineDistanceFunction.class),
          Map.entry("HAMMING_DISTANCE", HammingDistanceFunction.class),
          Map.entry("JACCARD_SIMILARITY", JaccardSimilarityFunction.class),
          Map.entry("JACCARD_DISTANCE", JaccardDistanceFunction.class),
          Map.entry("AS_VECTOR", AsVectorFunction.class),
          Map.entry("VECTOR_NORMALIZE", VectorNormalizeFunction.class),
          Map.entry("VECTOR_NORM", VectorNormFunction.class),
          Map.entry("VECTOR_DIMENSION", VectorDimensionFunction.class),
          Map.entry("VECTOR_PARSE", VectorParseFunction.class),
          Map.entry("VECTOR_PRINT", VectorPrintFunction.class),
          Map.entry(TidemarkSearchFunction.NAME, TidemarkSearchFunction.class),
          Map.entry(TidemarkHybridSearchFunction.NAME, TidemarkHybridSearchFunction.class));

  private TidemarkFunctions() {}

  /**
   * Names in upper case, sorted, and the classes behind them, which have a constructor without
   * arguments. Names in SQL are found in any case.
   */
  public static Map<String, Class<? extends UserDefinedFunction>> definitions() {
    return new TreeMap<>(DEFINITIONS);
  }

  /**
   * The function of that name, in any case, for a server, which those that search ask.
   *
   * @param database of collections that are named without one
   * @throws NullPointerException if there is no such function
   */
  public static UserDefinedFunction instance(String name, Endpoint endpoint, String database) {
    String upper = name.toUpperCase(Locale.ROOT);
    return switch (upper) {
      case TidemarkSearchFunction.NAME -> new TidemarkSearchFunction(endpoint, database);
      case TidemarkHybridSearchFunction.NAME ->
          new TidemarkHybridSearchFunction(endpoint, database);
      default ->
          UserDefinedFunctionHelper.instantiateFunction(
              Objects.requireNonNull(DEFINITIONS.get(upper), name));
    };
  }

  /** Registers them for a session that does not use Tidemark's catalog. */
  public static void register(TableEnvironment environment) {
    definitions().forEach(environment::createTemporarySystemFunction);
  }
}
