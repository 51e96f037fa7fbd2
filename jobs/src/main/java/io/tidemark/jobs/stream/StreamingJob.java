package io.tidemark.jobs.stream;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job that never ends, with its configuration. What it has beside checkpoints always suffices.
 */
public interface StreamingJob {
  /** As Flink's pages show it. */
  String name();

  /** Adds the job's operators, and its settings. */
  void define(StreamExecutionEnvironment env);

  /**
   * The checkpoint a new run goes on from, empty to start without one. Leftovers of other runs are
   * removed.
   */
  Optional<String> resumeFrom() throws IOException;
}
