package io.tidemark.jobs.reindex;

import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
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

  /** What asks for another index, or for another step. */
  private static final Set<String> OF_A_BUILD =
      Set.of("type", "params", "metric", "rollback", "abandon");

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
    OptionValues values = new OptionValues("reindex", given);
    Optional<Double> recallMin = values.share("recall-min", true);
    checkAlone("rollback", given);
    checkAlone("abandon", given);
    return new ReindexOptions(
        values.text("field", "the name of a vector field"),
        values.text("type", "the type of an index").map(IndexType::parse),
        Optional.ofNullable(given.get("params")).map(ReindexOptions::params),
        recallMin.isPresent() ? OptionalDouble.of(recallMin.get()) : OptionalDouble.empty(),
        values.number("sample", 100, 1, 100_000),
        values.number("k", 10, 1, 16_384),
        given.containsKey("ef") ? values.number("ef", 1, 1, 32_768) : 0,
        values.flag("switch", true),
        values.flag("rollback", false),
        values.flag("abandon", false));
  }

  /** What builds nothing takes no wishes of a build: whoever gives both means one of them. */
  private static void checkAlone(String flag, Map<String, String> given) {
    if (!"true".equals(given.get(flag))) {
      return;
    }
    List<String> others =
        given.entrySet().stream()
            .filter(option -> !option.getValue().equals("false"))
            .map(Map.Entry::getKey)
            .filter(name -> !name.equals(flag) && OF_A_BUILD.contains(name))
            .sorted()
            .toList();
    if (!others.isEmpty()) {
      throw TidemarkException.invalid(
          "reindex: "
              + flag
              + " builds nothing and takes no "
              + String.join(", ", others)
              + ": give one or the other");
    }
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
}
