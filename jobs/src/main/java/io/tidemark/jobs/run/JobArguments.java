package io.tidemark.jobs.run;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a job is submitted by hand to a Flink cluster, the same for all of them:
 *
 * <pre>
 * flink run -c io.tidemark.jobs.index.IndexJob tidemark-jobs.jar
 *   --catalog JDBC_URI  --warehouse URI  [--catalog.KEY VALUE]…  [--hadoop-conf FILE]  [--bootstrap HOST:PORT]  [--pchannels N]
 *   [--collection [DATABASE/]NAME]  [--OPTION VALUE]…
 * </pre>
 *
 * Whatever else is given are the job's own options.
 */
public final class JobArguments {
  private static final Logger LOG = LoggerFactory.getLogger(JobArguments.class);

  /** What Flink's parser gives an option that stands alone. */
  private static final String NO_VALUE = "__NO_VALUE_KEY";

  private static final String COLLECTION = "collection";

  private JobArguments() {}

  /** Runs the job on the cluster it is submitted to. */
  public static JobReport run(MaintenanceJob job, String[] arguments) throws Exception {
    ParameterTool given = ParameterTool.fromArgs(arguments);
    Map<String, String> options = new HashMap<>();
    given
        .toMap()
        .forEach((key, value) -> {
          if (!key.equals(COLLECTION) && !StoreArguments.has(key)) {
            options.put(key, NO_VALUE.equals(value) ? "true" : value);
          }
        });
    job.check(options, !given.has(COLLECTION));
    LakeConfig lake = StoreArguments.lake(given);
    LogConfig log = given.has("bootstrap") ? StoreArguments.log(given) : null;
    Long collection = null;
    if (given.has(COLLECTION)) {
      try (Lake opened = Lake.open(lake)) {
        collection = collectionId(opened, given.getRequired(COLLECTION));
      }
    }
    JobRequest request =
        new JobRequest(UUID.randomUUID().toString(), job.kind(), collection, options, "user");
    JobReport report =
        job.run(
            new JobContext(
                request,
                lake,
                log,
                StreamExecutionEnvironment::getExecutionEnvironment,
                JobProgress.SILENT));
    LOG.info("job done kind={} {}", job.kind().command(), report);
    // Whoever ran flink run reads no log: the line that tidemark's own command line ends with.
    String what = given.has("collection") ? given.getRequired("collection") : "of all collections";
    System.out.println(job.kind().command() + " " + what + " done: " + report.text());
    return report;
  }

  /**
   * A collection's id by {@code DATABASE/NAME}, or by its name in the default database.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  public static long collectionId(Lake lake, String name) {
    int slash = name.indexOf('/');
    String database = slash < 0 ? CollectionInfo.DEFAULT_DATABASE : name.substring(0, slash);
    String collection = name.substring(slash + 1);
    return lake.collection(database, collection)
        .map(CollectionInfo::id)
        .orElseThrow(() ->
            new TidemarkException(
                ErrorCode.COLLECTION_NOT_FOUND,
                "collection not found[database=" + database + "][collection=" + collection + "]"));
  }
}
