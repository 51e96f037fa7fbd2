package io.tidemark.connectors.lake;

import io.tidemark.model.log.WindowedLog;
import java.io.IOException;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.jspecify.annotations.Nullable;

/**
 * What the file writers send to the committers: the files of one window, or a progress mark that
 * comes after all files it speaks of. A bean for Flink; not to be changed once emitted.
 */
public final class SegmentCommit {
  private static final byte[] NOTHING = new byte[0];

  /** Which committer it is for, modulo their number. */
  public int route;

  public long collectionId;
  public int shard;

  /** Hybrid; the window is {@code (from, to]}. */
  public long from;

  public long to;

  /** A serialized {@link SegmentFileWriter.Written}; empty if there are no files. */
  public byte[] files = NOTHING;

  public List<String> droppedPartitions = List.of();

  /** Why the window cannot be written, or empty. */
  public String unwritable = "";

  /** Set in a mark, else null. */
  public WindowedLog.@Nullable Progress progress;

  public SegmentCommit() {}

  static SegmentCommit of(WindowedLog.Window window) {
    SegmentCommit commit = new SegmentCommit();
    commit.route = Long.hashCode(window.collectionId) & Integer.MAX_VALUE;
    commit.collectionId = window.collectionId;
    commit.shard = window.shard;
    commit.from = window.from;
    commit.to = window.to;
    return commit;
  }

  static SegmentCommit of(WindowedLog.Progress progress, int committer) {
    SegmentCommit commit = new SegmentCommit();
    commit.route = committer;
    commit.progress = progress;
    return commit;
  }

  SegmentCommit with(SegmentFileWriter.Written written, Iterable<String> dropped)
      throws IOException {
    files = InstantiationUtil.serializeObject(written);
    droppedPartitions = new java.util.ArrayList<>();
    dropped.forEach(droppedPartitions::add);
    return this;
  }

  SegmentFileWriter.Written written() throws IOException, ClassNotFoundException {
    if (files.length == 0) {
      return new SegmentFileWriter.Written(List.of(), List.of());
    }
    return InstantiationUtil.deserializeObject(files, SegmentCommit.class.getClassLoader());
  }
}
