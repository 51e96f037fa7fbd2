package io.tidemark.stores.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;

/**
 * Keeps equality deletes that were committed while files were rewritten.
 *
 * <p>Every commit of Iceberg's drops delete files with a lower sequence number than all data files
 * that were there before. It does not look at the data files that the commit adds, which have a new
 * number as a rule. Those of a rewrite have the old one of the snapshot they were planned on: where
 * the oldest of the others is younger than a delete since, that delete would be dropped, and the
 * rows that it hit would come back. So it is put in anew, with its own sequence number and, since
 * the old file is deleted when the snapshots before have expired, as a file of its own.
 *
 * <p>For a table that cannot change between this and the commit.
 */
final class RacingDeletes {
  private final Table table;
  private final List<DeleteFile> endangered = new ArrayList<>();
  private final List<ContentFile<?>> copies = new ArrayList<>();

  /**
   * @param live all delete files
   * @param planned sequence number of the data files that will be added
   * @param oldestLeft the lowest of the data files that stay, or the table's last if none does
   */
  RacingDeletes(Table table, Collection<DeleteFile> live, long planned, long oldestLeft) {
    this.table = table;
    for (DeleteFile delete : live) {
      long number = Objects.requireNonNull(delete.dataSequenceNumber());
      if (delete.content() == FileContent.EQUALITY_DELETES
          && number > planned
          && number < oldestLeft) {
        endangered.add(delete);
      }
    }
  }

  /** Makes the rewrite keep them. */
  void keep(RewriteFiles rewrite) {
    for (DeleteFile delete : endangered) {
      DeleteFile copy = copy(delete);
      copies.add(copy);
      rewrite.deleteFile(delete);
      rewrite.addFile(copy, Objects.requireNonNull(delete.dataSequenceNumber()));
    }
  }

  /** Files that are of no use if the rewrite was not committed. */
  List<ContentFile<?>> copies() {
    return copies;
  }

  private DeleteFile copy(DeleteFile delete) {
    String location =
        table.locationProvider().newDataLocation(UUID.randomUUID() + "-deletes.parquet");
    try (InputStream from = table.io().newInputFile(delete.location()).newStream();
        OutputStream to = table.io().newOutputFile(location).create()) {
      from.transferTo(to);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not copy " + delete.location(), e);
    }
    int[] keys = delete.equalityFieldIds().stream().mapToInt(Integer::intValue).toArray();
    return FileMetadata.deleteFileBuilder(table.spec())
        .copy(delete)
        // Which the copy leaves out.
        .ofEqualityDeletes(keys)
        .withPath(location)
        .build();
  }
}
