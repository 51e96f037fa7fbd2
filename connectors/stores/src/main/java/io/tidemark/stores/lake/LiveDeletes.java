package io.tidemark.stores.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/** All delete files of a snapshot, those too that can hit no row any more, which no scan shows. */
final class LiveDeletes {
  private LiveDeletes() {}

  /** By {@link #key}. */
  static Map<String, DeleteFile> of(Table table, Snapshot snapshot) {
    Map<String, DeleteFile> deletes = new HashMap<>();
    for (ManifestFile manifest : snapshot.deleteManifests(table.io())) {
      try (ManifestReader<DeleteFile> reader =
          ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
        // Its iterator leaves out what was removed; entries are reused, hence the copy.
        for (DeleteFile delete : reader) {
          deletes.put(key(delete), delete.copy());
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Could not read manifest " + manifest.path(), e);
      }
    }
    return deletes;
  }

  /** Deletion vectors of several data files share a file, at different offsets. */
  static String key(DeleteFile delete) {
    return delete.location() + '#' + delete.contentOffset();
  }
}
