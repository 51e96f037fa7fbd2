package io.tidemark.jobs.index;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridClock;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds what indexes are missing: {@code IndexPlanner → IndexRunner → IndexCommitter}. Idempotent;
 * killed at any moment it leaves at most a file that nobody names.
 */
public final class IndexJob {
  public static final String NAME = "tidemark-index";

  private static final Logger LOG = LoggerFactory.getLogger(IndexJob.class);

  private IndexJob() {}

  /**
   * What is to be built now.
   *
   * @param collectionId of one collection, or empty for all
   * @param forced whether segments are sealed before they are full or old enough
   */
  public static List<IndexTask> plan(
      Lake lake, IndexLimits limits, Optional<Long> collectionId, boolean forced) {
    IndexPlanner planner =
        new IndexPlanner(limits, new HybridClock(System::currentTimeMillis, 0)::next);
    List<IndexTask> tasks = new ArrayList<>();
    for (CollectionInfo collection : collections(lake, collectionId)) {
      if (collection.indexes().stream().anyMatch(definition -> definition.type().builds())) {
        tasks.addAll(plan(lake, planner, collection, forced));
      }
    }
    return tasks;
  }

  private static List<IndexTask> plan(
      Lake lake, IndexPlanner planner, CollectionInfo collection, boolean forced) {
    try {
      return planner.plan(
          collection,
          lake.table(collection).snapshot().files(),
          lake.registry().list(collection.id()),
          System.currentTimeMillis(),
          forced);
    } catch (TidemarkException e) {
      if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
        throw e;
      }
      // Dropped since it was listed.
      return List.of();
    }
  }

  private static List<CollectionInfo> collections(Lake lake, Optional<Long> collectionId) {
    if (collectionId.isPresent()) {
      return lake.collectionById(collectionId.get()).stream().toList();
    }
    return lake.databases().stream()
        .flatMap(database -> lake.collections(database).stream())
        .toList();
  }

  /** Adds the job's operators, and its settings. */
  public static void define(
      StreamExecutionEnvironment env, IndexConfig config, List<IndexTask> tasks) {
    env.configure(settings());
    env.fromData(tasks, TypeInformation.of(IndexTask.class))
        .name("planned segments")
        .uid("index-tasks")
        .setParallelism(1)
        .rebalance()
        .process(new IndexRunner(config.lake(), config.threads()))
        .returns(TypeInformation.of(SegmentIndex.class))
        .name("IndexRunner")
        .uid("index-runner")
        .setParallelism(config.parallelism())
        .sinkTo(new IndexCommitter(config.lake()))
        .name("IndexCommitter")
        .uid("index-committer")
        .setParallelism(1);
  }

  private static Configuration settings() {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.NAME, NAME);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    return settings;
  }

  /**
   * Plans and, if there is anything to do, runs the job to its end on the environment's cluster.
   *
   * @return index files planned
   */
  public static int run(
      StreamExecutionEnvironment env,
      IndexConfig config,
      Optional<Long> collectionId,
      boolean forced)
      throws Exception {
    List<IndexTask> tasks;
    try (Lake lake = Lake.open(config.lake())) {
      tasks = plan(lake, config.limits(), collectionId, forced);
    }
    LOG.info("index files planned={}", tasks.size());
    if (!tasks.isEmpty()) {
      define(env, config, tasks);
      env.execute(NAME);
    }
    return tasks.size();
  }

  /**
   * Runs the job on the cluster it is submitted to.
   *
   * <pre>
   * --catalog JDBC_URI  --warehouse URI  [--collection DATABASE/NAME]  [--force true]  [--parallelism 1]  [--threads N]
   * [--catalog.KEY VALUE]…
   * </pre>
   */
  public static void main(String[] arguments) throws Exception {
    ParameterTool given = ParameterTool.fromArgs(arguments);
    Map<String, String> catalog = new HashMap<>();
    given
        .toMap()
        .forEach((key, value) -> {
          if (key.startsWith("catalog.")) {
            catalog.put(key.substring("catalog.".length()), value);
          }
        });
    LakeConfig lakeConfig =
        new LakeConfig(given.getRequired("catalog"), given.getRequired("warehouse"), catalog);
    IndexConfig defaults = IndexConfig.defaults(lakeConfig);
    IndexConfig config =
        new IndexConfig(
            lakeConfig,
            defaults.limits(),
            given.getInt("parallelism", defaults.parallelism()),
            given.getInt("threads", defaults.threads()));
    Optional<Long> collection = Optional.empty();
    if (given.has("collection")) {
      try (Lake lake = Lake.open(lakeConfig)) {
        collection = Optional.of(id(lake, given.getRequired("collection")));
      }
    }
    run(
        StreamExecutionEnvironment.getExecutionEnvironment(),
        config,
        collection,
        given.getBoolean("force", false));
  }

  /** A collection's id by {@code DATABASE/NAME}, or by its name in the default database. */
  public static long id(Lake lake, String name) {
    int slash = name.indexOf('/');
    String database = slash < 0 ? CollectionInfo.DEFAULT_DATABASE : name.substring(0, slash);
    return lake.collection(database, name.substring(slash + 1))
        .map(CollectionInfo::id)
        .orElseThrow(() ->
            new TidemarkException(
                ErrorCode.COLLECTION_NOT_FOUND,
                "collection not found[database="
                    + database
                    + "][collection="
                    + name.substring(slash + 1)
                    + "]"));
  }
}
