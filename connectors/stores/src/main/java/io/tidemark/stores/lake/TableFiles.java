package io.tidemark.stores.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.NotFoundException;

/**
 * Every file that a table's metadata names: that of its present state and its older states, and of
 * every snapshot that has not expired, tagged ones included. Immutable.
 */
public final class TableFiles {
  private static final int ATTEMPTS_MAX = 5;

  private final Set<String> named = new HashSet<>();
  private final Set<String> live = new HashSet<>();
  private final long committedMs;

  private TableFiles(long committedMs) {
    this.committedMs = committedMs;
  }

  /** Refreshes {@code table}, again when snapshots expire while their manifests are read. */
  public static TableFiles of(Table table) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      try {
        TableMetadata metadata = LakeTable.metadata(table);
        TableFiles files = new TableFiles(metadata.lastUpdatedMillis());
        files.addMetadata(metadata);
        files.addSnapshots(table);
        return files;
      } catch (NotFoundException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  /** Whether some file of the table has this location, however it is spelt. */
  public boolean names(String location) {
    return named.contains(Locations.normal(location));
  }

  /** When the table was last committed to, in ms since the epoch. */
  public long committedMs() {
    return committedMs;
  }

  /** Locations of the data files that are live in some snapshot, as the table spells them. */
  public Set<String> liveDataFiles() {
    return Collections.unmodifiableSet(live);
  }

  private void add(String location) {
    named.add(Locations.normal(location));
  }

  private void addMetadata(TableMetadata metadata) {
    add(metadata.metadataFileLocation());
    metadata.previousFiles().forEach(file -> add(file.file()));
    metadata.statisticsFiles().stream().map(StatisticsFile::path).forEach(this::add);
    metadata.partitionStatisticsFiles().stream()
        .map(PartitionStatisticsFile::path)
        .forEach(this::add);
  }

  private void addSnapshots(Table table) {
    Set<String> seen = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      if (snapshot.manifestListLocation() != null) {
        add(snapshot.manifestListLocation());
      }
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (seen.add(manifest.path())) {
          add(manifest.path());
          addEntries(table, manifest);
        }
      }
    }
  }

  private void addEntries(Table table, ManifestFile manifest) {
    try (ManifestReader<? extends ContentFile<?>> reader =
        manifest.content() == ManifestContent.DATA
            ? ManifestFiles.read(manifest, table.io(), table.specs())
            : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
      for (ContentFile<?> file : reader) {
        add(file.location());
        if (file.content() == FileContent.DATA) {
          live.add(file.location());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read manifest " + manifest.path(), e);
    }
  }
}
