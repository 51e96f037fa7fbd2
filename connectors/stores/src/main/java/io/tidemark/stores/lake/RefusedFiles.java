package io.tidemark.stores.lake;

import java.util.List;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files of a commit that was refused. A caller may repeat a commit that did succeed, so
 * files that any snapshot names are spared.
 */
final class RefusedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedFiles.class);

  private RefusedFiles() {}

  static void delete(Table table, List<ContentFile<?>> files) {
    if (files.isEmpty()) {
      return;
    }
    try {
      TableFiles used = TableFiles.of(table);
      for (ContentFile<?> file : files) {
        if (!used.names(file.location())) {
          delete(table, file.location());
        }
      }
    } catch (RuntimeException e) {
      // They cost disk until orphans are cleaned up; the refusal itself must reach the caller.
      LOG.warn("Could not delete the files of a refused commit, table {}", table.name(), e);
    }
  }

  private static void delete(Table table, String location) {
    try {
      table.io().deleteFile(location);
    } catch (NotFoundException e) {
      LOG.debug("File of a refused commit is gone already, file {}", location, e);
    }
  }
}
