package io.tidemark.jobs.compact;

import io.tidemark.model.lake.SegmentIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.apache.iceberg.ContentFile;

/** What a runner has written for one task. A bean for Flink; not to be changed once emitted. */
public final class CompactedFiles {
  private static final byte[] NOTHING = new byte[0];

  public boolean convert;
  public long collectionId;

  /** The snapshot whose files and deletes were read. */
  public long snapshotId;

  /** Locations of the data files that were read. */
  public List<String> read = List.of();

  /** Serialized data files, or with {@link #convert} position delete files. */
  public byte[] written = NOTHING;

  /** Over the new files, not registered yet. */
  public List<SegmentIndex> indexes = List.of();

  public long rowsRead;
  public long rowsKept;

  public CompactedFiles() {}

  static CompactedFiles of(CompactTask task, long snapshotId) {
    CompactedFiles files = new CompactedFiles();
    files.convert = task.work() == CompactTask.Work.CONVERT;
    files.collectionId = task.collectionId();
    files.snapshotId = snapshotId;
    files.read = task.files();
    files.rowsRead = task.rows();
    return files;
  }

  CompactedFiles with(List<? extends ContentFile<?>> files, List<SegmentIndex> built, long kept)
      throws IOException {
    written = InstantiationUtil.serializeObject(new ArrayList<>(files));
    indexes = built;
    rowsKept = kept;
    return this;
  }

  <F extends ContentFile<?>> List<F> written() throws IOException, ClassNotFoundException {
    return written.length == 0
        ? List.of()
        : InstantiationUtil.deserializeObject(written, CompactedFiles.class.getClassLoader());
  }
}
