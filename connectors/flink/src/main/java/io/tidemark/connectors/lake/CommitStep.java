package io.tidemark.connectors.lake;

import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import java.io.Serializable;
import java.util.List;

/**
 * One commit of one window. A port, so that a commit can be made to fail before or after the lake
 * has it.
 */
@FunctionalInterface
public interface CommitStep extends Serializable {
  LogSnapshotCommitter.Outcome commit(
      LakeTable table,
      int shard,
      long from,
      long to,
      SegmentFileWriter.Written files,
      List<String> droppedPartitions);

  /** What production does. */
  static LogSnapshotCommitter.Outcome intoLake(
      LakeTable table,
      int shard,
      long from,
      long to,
      SegmentFileWriter.Written files,
      List<String> droppedPartitions) {
    return new LogSnapshotCommitter()
        .commit(table, shard, from, to, files.dataFiles(), files.deleteFiles(), droppedPartitions);
  }
}
