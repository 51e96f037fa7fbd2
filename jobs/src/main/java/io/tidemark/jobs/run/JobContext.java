package io.tidemark.jobs.run;

import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * What a run works with.
 *
 * @param environments a new environment of the cluster at each call; its {@code execute} runs there
 * @param log null where the job was submitted without the log's address
 */
public record JobContext(
    JobRequest request,
    LakeConfig lake,
    @Nullable LogConfig log,
    Supplier<StreamExecutionEnvironment> environments,
    JobProgress progress) {

  public Optional<LogConfig> logConfig() {
    return Optional.ofNullable(log);
  }

  /**
   * @throws IllegalArgumentException without the log's address
   */
  public LogConfig requireLog() {
    return logConfig()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "job " + request.kind().command() + " needs the log: give --bootstrap HOST:PORT"));
  }
}
