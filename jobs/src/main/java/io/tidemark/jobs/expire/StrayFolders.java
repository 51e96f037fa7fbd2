package io.tidemark.jobs.expire;

import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    Set<Long> known = living(lake, 1);
    Map<String, Long> stray = new TreeMap<>();
    for (String folder : folders) {
      id(folder).filter(id -> !known.contains(id)).ifPresent(id -> stray.put(folder + "/", id));
    }
    return OrphanFiles.below(io, stray.keySet(), () -> gone(lake, stray), pending);
  }

  /** Asked once all files are listed: of all files of a folder, or of none. */
  private static Predicate<String> gone(Lake lake, Map<String, Long> stray) {
    Set<Long> known = living(lake, 2);
    Set<String> gone = new HashSet<>();
    stray.forEach((folder, id) -> {
      if (!known.contains(id) && lake.collectionById(id).isEmpty()) {
        gone.add(folder);
      }
    });
    return file -> gone.stream().anyMatch(file::startsWith);
  }

  /**
   * The ids in the names of all tables' folders.
   *
   * @param looks two, to be sure: a table that is renamed meanwhile may be missed once
   */
  private static Set<Long> living(Lake lake, int looks) {
    Set<Long> ids = new HashSet<>();
    for (int look = 0; look < looks; look++) {
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
