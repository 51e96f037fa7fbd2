package io.tidemark.jobs.stream;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** How jobs that never end are run. Stateless. */
public final class StreamingRun {
  private static final int RESTARTS_MAX = 10;

  private StreamingRun() {}

  /**
   * Exactly-once checkpoints, kept when the job is cancelled; restarts with growing pauses. It
   * fails for good only if it could not stay up for ten attempts: then it is to be started without
   * a checkpoint.
   *
   * @param checkpoints a folder of the job's own
   */
  public static Configuration settings(String name, String checkpoints, Duration interval) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.NAME, name);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ZERO);
    settings.set(PipelineOptions.MAX_PARALLELISM, 128);
    settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
    settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(1));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, RESTARTS_MAX);
    return settings;
  }

  /** Makes the next job of {@code env} go on from a checkpoint, which becomes its own. */
  public static void resume(StreamExecutionEnvironment env, String checkpoint) {
    Configuration settings = new Configuration();
    settings.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
    settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    env.configure(settings);
  }

  /**
   * Runs the job on the cluster it is submitted to, until it is cancelled.
   *
   * @param fresh whether no checkpoint is used
   */
  public static void execute(StreamingJob job, boolean fresh) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    job.define(env);
    if (!fresh) {
      job.resumeFrom().ifPresent(checkpoint -> resume(env, checkpoint));
    }
    env.execute(job.name());
  }
}
