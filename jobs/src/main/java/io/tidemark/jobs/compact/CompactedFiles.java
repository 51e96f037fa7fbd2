package io.tidemark.jobs.compact;

import io.tidemark.jobs.compact.CompactTask.Work;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.RewritePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.util.InstantiationUtil;
import org.apache.iceberg.ContentFile;

/** What a runner has written for one task. A bean for Flink; not to be changed once emitted. */
public final class CompactedFiles {
  private static final byte[] NOTHING = new byte[0];

  public Work work = Work.REWRITE;
  public long collectionId;

  /** The snapshot whose files and deletes were read. */
  public long snapshotId;

  /** That snapshot's. */
  public long sequenceNumber;

  /** Locations of the data files that were read. */
  public List<String> read = List.of();

  /** Locations of the delete files that hit them. */
  public List<String> deletesRead = List.of();

  /** Rows with a smaller timestamp were left out; 0 for none. */
  public long expireBefore;

  /** Serialized data files, or for {@link Work#CONVERT} position delete files. */
  public byte[] added = NOTHING;

  /** Serialized data files of rows that leave the table in a snapshot of their own. */
  public byte[] outlived = NOTHING;

  /** Over the added files, not registered yet. */
  public List<SegmentIndex> indexes = List.of();

  public int filesAdded;
  public long rowsRead;
  public long rowsKept;

  public CompactedFiles() {}

  static CompactedFiles of(CompactTask task, LakeSnapshot snapshot, List<LakeFile> read) {
    RewritePlan plan = RewritePlan.of(snapshot, read);
    CompactedFiles files = new CompactedFiles();
    files.work = task.work();
    files.collectionId = task.collectionId();
    files.snapshotId = plan.snapshotId();
    files.sequenceNumber = plan.sequenceNumber();
    files.read = read.stream().map(LakeFile::path).toList();
    files.deletesRead = List.copyOf(plan.deletes());
    files.expireBefore = task.expireBefore();
    files.rowsRead = task.rows();
    return files;
  }

  RewritePlan plan() {
    return new RewritePlan(snapshotId, sequenceNumber, Set.copyOf(read), Set.copyOf(deletesRead));
  }

  static byte[] bytes(List<? extends ContentFile<?>> files) throws IOException {
    return InstantiationUtil.serializeObject(new ArrayList<>(files));
  }

  static <F extends ContentFile<?>> List<F> files(byte[] bytes) throws IOException {
    try {
      return bytes.length == 0
          ? List.of()
          : InstantiationUtil.deserializeObject(bytes, CompactedFiles.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IOException("files of another version of this job", e);
    }
  }
}
