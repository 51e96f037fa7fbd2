package io.tidemark.jobs.expire;

import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders of collections that are no more, left by a drop that was killed or by a writer that was
 * faster than it. A folder's name ends in the collection's id; one in which any table of the
 * catalog lives is nobody's to delete, even if the table no longer says that it is a collection.
 * Stateless.
 */
final class StrayFolders {
  private static final Logger LOG = LoggerFactory.getLogger(StrayFolders.class);

  private StrayFolders() {}

  /** Deletes the files in them that are old enough. */
  static OrphanFiles.Deleted delete(Lake lake, LakeConfig config, PendingTime pending) {
    FileIO io = lake.registry().io();
    if (!(io instanceof SupportsPrefixOperations files)) {
      return OrphanFiles.Deleted.NONE;
    }
    Set<String> folders = folders(files, config.warehouse() + "/tables/", 2);
    folders.addAll(folders(files, lake.indexPrefix() + "/", 1));
    Set<Long> known = living(lake);
    OrphanFiles.Deleted deleted = OrphanFiles.Deleted.NONE;
    for (String folder : folders) {
      Optional<Long> id = id(folder);
      if (id.isPresent() && !known.contains(id.get())) {
        deleted = deleted.plus(OrphanFiles.below(io, folder, () -> gone(lake, id.get()), pending));
      }
    }
    return deleted;
  }

  /** Asked once a folder's files are listed: of all of them, or of none. */
  private static Predicate<String> gone(Lake lake, long id) {
    boolean gone = !living(lake).contains(id) && lake.collectionById(id).isEmpty();
    return file -> gone;
  }

  /**
   * The ids in the names of all tables' folders. Looked up twice: a table that is renamed into
   * another database meanwhile may be missed once.
   */
  private static Set<Long> living(Lake lake) {
    Set<Long> ids = new HashSet<>();
    for (int look = 0; look < 2; look++) {
      for (String database : lake.databases()) {
        for (TableIdentifier table : lake.catalog().listTables(Namespace.of(database))) {
          try {
            id(lake.catalog().loadTable(table).location()).ifPresent(ids::add);
          } catch (NoSuchTableException e) {
            LOG.debug("table was dropped or renamed since it was listed table={}", table);
          }
        }
      }
    }
    return ids;
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
