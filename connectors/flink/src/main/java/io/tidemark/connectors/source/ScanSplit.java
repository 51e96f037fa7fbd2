package io.tidemark.connectors.source;

import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A part of one shard's rows: some files of a snapshot, and of the shard's log what comes after the
 * snapshot. Immutable; a reader's progress makes a new one.
 *
 * @param splitId unique within the read
 * @param snapshotId the table's, -1 for a table without any
 * @param files locations of the files whose rows are given out
 * @param expireBefore rows of the snapshot with a smaller hybrid timestamp are past their time
 * @param logAfter hybrid: up to where the log is in the snapshot, or was given out already
 * @param logUntil hybrid: how far the log is looked at; {@link #NO_LOG} or {@link #FOREVER}
 * @param logRows whether rows of the log are given out, or only what they hide is left out
 * @param file index of the next file; the number of files once all are done
 * @param row position of the next row in that file
 */
public record ScanSplit(
    String splitId,
    int shard,
    long snapshotId,
    List<String> files,
    long expireBefore,
    long logAfter,
    long logUntil,
    boolean logRows,
    int file,
    int row)
    implements SourceSplit {
  static final long NO_LOG = 0;
  static final long FOREVER = Long.MAX_VALUE;

  public ScanSplit {
    files = List.copyOf(files);
  }

  boolean changelog() {
    return logUntil == FOREVER;
  }

  /** Whether a part of the log belongs to this bounded read. */
  boolean hasTail() {
    return !changelog() && logUntil > logAfter;
  }

  ScanSplit at(int nextFile, int nextRow) {
    return new ScanSplit(
        splitId,
        shard,
        snapshotId,
        files,
        expireBefore,
        logAfter,
        logUntil,
        logRows,
        nextFile,
        nextRow);
  }

  /** All files are done, and the log up to {@code timestamp}. */
  ScanSplit after(long timestamp) {
    return new ScanSplit(
        splitId, shard, snapshotId, List.of(), expireBefore, timestamp, logUntil, logRows, 0, 0);
  }

  @Override
  public String splitId() {
    return splitId;
  }
}
