package io.tidemark.stores.backup;

import io.tidemark.model.lake.SegmentIndex;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A data file in a backup.
 *
 * @param file below the backup's folder
 * @param rows in it, deleted ones included
 * @param deletes a Parquet file of position deletes with the rows that are deleted; null for none
 */
public record BackupFile(
    String file,
    Digest digest,
    long rows,
    @Nullable String deletes,
    @Nullable Digest deletesDigest) {

  /**
   * An index in a backup.
   *
   * @param index whose file and sources are below the backup's folder
   */
  public record Index(Digest digest, SegmentIndex index) {}

  /** What came of one: its entry and, of deletes, how many. */
  record Written(BackupFile file, String source, long dead) {
    static List<BackupFile> files(List<Written> written) {
      return written.stream().map(Written::file).toList();
    }
  }
}
