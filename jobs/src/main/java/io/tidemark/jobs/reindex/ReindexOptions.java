package io.tidemark.jobs.reindex;

import io.tidemark.jobs.run.JobOption;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What a run of the reindex job is asked for.
 *
 * @param field empty for the only indexed vector field
 * @param type empty for that of the index in use
 * @param params M, efConstruction and the like; empty for those of the index in use, unless the
 *     type is another
 * @param recallMin the least recall that the new index must have; empty for what the old one has,
 *     less {@link #RECALL_SLACK}
 * @param sample queries, at least 1
 * @param k neighbours asked for by each
 * @param ef candidates that each search keeps, 0 for the default
 * @param switches whether the new index is to be used if it is good enough
 * @param rollback go back to the previous index; nothing else is looked at but the field
 * @param abandon drop the candidate that an earlier run left
 */
record ReindexOptions(
    Optional<String> field,
    Optional<IndexType> type,
    Optional<Map<String, String>> params,
    OptionalDouble recallMin,
    int sample,
    int k,
    int ef,
    boolean switches,
    boolean rollback,
    boolean abandon) {
  static final double RECALL_SLACK = 0.01;

  static final List<JobOption> ALL =
      List.of(
          new JobOption("field", "NAME", "the only one with an index", "the vector field"),
          new JobOption("type", "TYPE", "as the index in use", "HNSW, IVF_FLAT and the like"),
          new JobOption(
              "params", "K=V,…", "as the index in use", "such as M=32,efConstruction=200"),
          new JobOption("metric", "NAME", "as the index in use", "must not differ from it"),
          new JobOption(
              "recall-min", "0…1", "the old recall - 0.01", "below it nothing is switched"),
          new JobOption("sample", "N", "100", "queries to compare with"),
          new JobOption("k", "N", "10", "neighbours of each query"),
          new JobOption(
              "ef", "N", "the default of searches", "candidates of each search of a graph"),
          new JobOption("switch", "BOOL", "true", "use the new index if it is good enough"),
          JobOption.flag("rollback", "go back to the previous index at once"),
          JobOption.flag("abandon", "drop the candidate that an earlier run left"),
          new JobOption("parallelism", "N", "1", "segments built at once"),
          new JobOption("threads", "N", "all cores", "threads of each build"),
          new JobOption(
              "segment-bytes", "N", "64 MiB", "unindexed rows of this size are a segment"),
          new JobOption("segment-rows", "N", "100000", "or this number of them"),
          new JobOption("segment-idle-seconds", "N", "30", "or this long after the last was added"),
          new JobOption("index-rows-min", "N", "1024", "fewer rows get no index"));

  /**
   * @throws TidemarkException INVALID_PARAMETER for a value out of its range, or a metric
   */
  static ReindexOptions parse(Map<String, String> given) {
    return new ReindexOptions(
        Optional.ofNullable(given.get("field")),
        Optional.ofNullable(given.get("type")).map(IndexType::parse),
        Optional.ofNullable(given.get("params")).map(ReindexOptions::params),
        recall(given.get("recall-min")),
        number(given, "sample", 100, 100_000),
        number(given, "k", 10, 16_384),
        given.containsKey("ef") ? number(given, "ef", 0, 32_768) : 0,
        Boolean.parseBoolean(given.getOrDefault("switch", "true")),
        Boolean.parseBoolean(given.getOrDefault("rollback", "false")),
        Boolean.parseBoolean(given.getOrDefault("abandon", "false")));
  }

  private static Map<String, String> params(String text) {
    Map<String, String> params = new TreeMap<>();
    for (String pair : text.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw TidemarkException.invalid(
            "reindex: params is '" + text + "', expected KEY=VALUE,KEY=VALUE…");
      }
      params.put(pair.substring(0, equals).trim(), pair.substring(equals + 1).trim());
    }
    return params;
  }

  private static OptionalDouble recall(@org.jspecify.annotations.Nullable String text) {
    if (text == null) {
      return OptionalDouble.empty();
    }
    double recall = Double.NaN;
    try {
      recall = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      // Said below, as for what is out of range.
    }
    if (!(recall >= 0 && recall <= 1)) {
      throw TidemarkException.invalid(
          "reindex: recall-min is '" + text + "', expected a number from 0 to 1");
    }
    return OptionalDouble.of(recall);
  }

  private static int number(Map<String, String> given, String name, int otherwise, int max) {
    String text = given.get(name);
    if (text == null) {
      return otherwise;
    }
    long number = 0;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      // Said below, as for what is out of range.
    }
    if (number < 1 || number > max) {
      throw TidemarkException.invalid(
          "reindex: " + name + " is '" + text + "', expected a number from 1 to " + max);
    }
    return (int) number;
  }
}
