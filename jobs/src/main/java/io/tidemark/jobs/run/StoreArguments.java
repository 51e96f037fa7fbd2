package io.tidemark.jobs.run;

import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.util.ParameterTool;

/**
 * Where log and lake are, as every job's {@code main} is told:
 *
 * <pre>
 * --bootstrap HOST:PORT  [--pchannels N]  --catalog JDBC_URI  --warehouse URI  [--catalog.KEY VALUE]…  [--hadoop-conf FILE]
 * </pre>
 */
public final class StoreArguments {
  private static final String CATALOG_PREFIX = "catalog.";

  private StoreArguments() {}

  /**
   * @throws RuntimeException if {@code --bootstrap} is missing
   */
  public static LogConfig log(ParameterTool given) {
    LogConfig defaults = LogConfig.of(given.getRequired("bootstrap"));
    return new LogConfig(
        defaults.bootstrapServers(),
        defaults.dataTopic(),
        defaults.controlTopic(),
        given.getInt("pchannels", defaults.pchannels()));
  }

  /**
   * @throws RuntimeException if {@code --catalog} or {@code --warehouse} is missing
   */
  public static LakeConfig lake(ParameterTool given) {
    Map<String, String> catalog = new HashMap<>();
    given
        .toMap()
        .forEach((key, value) -> {
          if (key.startsWith(CATALOG_PREFIX)) {
            catalog.put(key.substring(CATALOG_PREFIX.length()), value);
          }
        });
    return LakeConfig.jdbc(
        given.getRequired("catalog"),
        given.getRequired("warehouse"),
        catalog,
        given.has("hadoop-conf") ? Path.of(given.getRequired("hadoop-conf")) : null);
  }

  /** Whether an option of this name is about log or lake. */
  static boolean has(String name) {
    return name.startsWith(CATALOG_PREFIX)
        || switch (name) {
          case "bootstrap", "pchannels", "catalog", "warehouse", "hadoop-conf" -> true;
          default -> false;
        };
  }
}
