package io.tidemark.jobs.expire;

import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Folders of collections that are no more, left by a drop that was killed or by a writer that was
 * faster than it. A folder's name ends in the collection's id. Stateless.
 */
final class StrayFolders {
  private StrayFolders() {}

  /** Deletes the files in them that are old enough. */
  static OrphanFiles.Deleted delete(Lake lake, LakeConfig config, PendingTime pending) {
    FileIO io = lake.registry().io();
    if (!(io instanceof SupportsPrefixOperations files)) {
      return OrphanFiles.Deleted.NONE;
    }
    Set<String> folders = folders(files, config.warehouse() + "/tables/", 2);
    folders.addAll(folders(files, lake.indexPrefix() + "/", 1));
    OrphanFiles.Deleted deleted = OrphanFiles.Deleted.NONE;
    for (String folder : folders) {
      Optional<Long> id = id(folder);
      if (id.isPresent() && lake.collectionById(id.get()).isEmpty()) {
        deleted =
            deleted.plus(
                OrphanFiles.below(
                    io, folder, () -> file -> lake.collectionById(id.get()).isEmpty(), pending));
      }
    }
    return deleted;
  }

  /** The folders so many levels below a prefix that hold files. */
  private static Set<String> folders(SupportsPrefixOperations files, String prefix, int levels) {
    Set<String> folders = new TreeSet<>();
    for (FileInfo file : files.listPrefix(prefix)) {
      int end = prefix.length();
      for (int level = 0; level < levels && end >= 0; level++) {
        end = file.location().indexOf('/', end + 1);
      }
      if (end > 0) {
        folders.add(file.location().substring(0, end));
      }
    }
    return folders;
  }

  private static Optional<Long> id(String folder) {
    String name = folder.substring(folder.lastIndexOf('/') + 1);
    String digits = name.substring(name.lastIndexOf('-') + 1);
    return digits.matches("\\d{1,18}|\\d{19}")
        ? Optional.of(Long.parseLong(digits))
        : Optional.empty();
  }
}
