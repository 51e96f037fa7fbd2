package io.tidemark.jobs.ingest;

import io.tidemark.connectors.lake.LakeAccess;
import io.tidemark.operators.window.WindowLimits;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;

/**
 * Everything that can be set of the ingest job.
 *
 * @param checkpoints URI of a folder that is this job's alone
 * @param window how much of the log one commit covers at most
 * @param windowBytesMax a window of this many bytes ends early
 * @param windowRowsMax or of this many rows
 * @param fileBytesTarget a data file is closed once it has about this size
 * @param parallelism of every step; at most the number of pchannels
 */
public record IngestConfig(
    LogConfig log,
    LakeConfig lake,
    String checkpoints,
    Duration checkpointInterval,
    Duration window,
    long windowBytesMax,
    long windowRowsMax,
    long fileBytesTarget,
    int parallelism) {
  public IngestConfig {
    if (parallelism < 1 || parallelism > log.pchannels()) {
      throw new IllegalArgumentException(
          "ingest parallelism "
              + parallelism
              + ", it must be 1 to the number of pchannels, "
              + log.pchannels());
    }
    if (fileBytesTarget < 1) {
      throw new IllegalArgumentException("files of " + fileBytesTarget + " bytes, the least is 1");
    }
  }

  public static IngestConfig defaults(LogConfig log, LakeConfig lake, String checkpoints) {
    return new IngestConfig(
        log,
        lake,
        checkpoints,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        64L << 20,
        100_000,
        128L << 20,
        Math.min(2, log.pchannels()));
  }

  public IngestConfig withWindow(Duration length) {
    return new IngestConfig(
        log,
        lake,
        checkpoints,
        checkpointInterval,
        length,
        windowBytesMax,
        windowRowsMax,
        fileBytesTarget,
        parallelism);
  }

  public IngestConfig withCheckpointInterval(Duration interval) {
    return new IngestConfig(
        log,
        lake,
        checkpoints,
        interval,
        window,
        windowBytesMax,
        windowRowsMax,
        fileBytesTarget,
        parallelism);
  }

  public IngestConfig withWindowMax(long bytes, long rows) {
    return new IngestConfig(
        log,
        lake,
        checkpoints,
        checkpointInterval,
        window,
        bytes,
        rows,
        fileBytesTarget,
        parallelism);
  }

  public IngestConfig withParallelism(int tasks) {
    return new IngestConfig(
        log,
        lake,
        checkpoints,
        checkpointInterval,
        window,
        windowBytesMax,
        windowRowsMax,
        fileBytesTarget,
        tasks);
  }

  WindowLimits windowLimits() {
    return new WindowLimits(window, windowBytesMax, windowRowsMax);
  }

  LakeAccess lakeAccess() {
    return new LakeAccess(lake, log);
  }
}
