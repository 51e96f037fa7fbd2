package io.tidemark.stores.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
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
      Set<String> used = used(table);
      for (ContentFile<?> file : files) {
        if (!used.contains(file.location())) {
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

  private static Set<String> used(Table table) {
    Set<String> used = new HashSet<>();
    Set<String> seen = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (seen.add(manifest.path())) {
          addPaths(table, manifest, used);
        }
      }
    }
    return used;
  }

  private static void addPaths(Table table, ManifestFile manifest, Set<String> used) {
    try (ManifestReader<? extends ContentFile<?>> reader =
        manifest.content() == ManifestContent.DATA
            ? ManifestFiles.read(manifest, table.io(), table.specs())
            : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
      for (ContentFile<?> file : reader) {
        used.add(file.location());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read manifest " + manifest.path(), e);
    }
  }
}
