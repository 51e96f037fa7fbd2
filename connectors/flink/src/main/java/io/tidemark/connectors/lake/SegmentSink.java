package io.tidemark.connectors.lake;

import io.tidemark.model.log.WindowedLog;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Closed windows into the lake: file writers beside the windows, committers by collection, one
 * publisher of the global position. Marks take the same way as files, so that none overtakes what
 * it speaks of.
 */
public final class SegmentSink {
  /** Prefix of the uids: part of a savepoint's format. */
  private static final String UID = "segment";

  private static final long PUBLISH_EVERY_MS = 1000;

  private SegmentSink() {}

  /**
   * @param fileBytesTarget a data file is closed once it has about this size
   * @param parallelism of writers and committers
   */
  public static void append(
      DataStream<WindowedLog> windows,
      LakeAccess access,
      NetEffectFunction netEffect,
      long fileBytesTarget,
      int parallelism) {
    append(windows, access, netEffect, fileBytesTarget, parallelism, CommitStep::intoLake);
  }

  /** As the other, with another way to commit. */
  public static void append(
      DataStream<WindowedLog> windows,
      LakeAccess access,
      NetEffectFunction netEffect,
      long fileBytesTarget,
      int parallelism,
      CommitStep step) {
    windows
        .process(new SegmentWriteFunction(access, netEffect, fileBytesTarget, parallelism))
        .returns(TypeInformation.of(SegmentCommit.class))
        .name("SegmentFileWriter")
        .uid(UID + "-writer")
        .setParallelism(parallelism)
        .partitionCustom((Integer route, int tasks) -> route % tasks, commit -> commit.route)
        .process(new SegmentCommitter(access, step))
        .returns(TypeInformation.of(CommittedProgress.class))
        .name("SegmentCommitter")
        .uid(UID + "-committer")
        .setParallelism(parallelism)
        .sinkTo(new PositionPublisher(access, PUBLISH_EVERY_MS))
        .name("PositionPublisher")
        .uid("position-publisher")
        .setParallelism(1);
  }
}
