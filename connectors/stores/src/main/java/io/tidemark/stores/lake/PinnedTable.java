package io.tidemark.stores.lake;

import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A table as it is at one moment, for a commit that holds only from that state. Iceberg re-bases a
 * change on its own when another commit was faster, which is wrong for one that was worked out from
 * what the table held: from this handle it fails with {@link MovedException} instead, with nothing
 * committed and its manifests deleted.
 */
final class PinnedTable {
  private PinnedTable() {}

  /** Another commit was faster: look again. */
  static final class MovedException extends RuntimeException implements CleanableFailure {
    private static final long serialVersionUID = 1L;

    MovedException(CommitFailedException cause) {
      super("the table has changed since it was looked at", cause);
    }
  }

  /** The state that {@code table} shows now; refreshing one of them does not move the other. */
  static Table of(Table table) {
    TableOperations operations = ((HasTableOperations) table).operations();
    return new BaseTable(new Pinned(operations, operations.current()), table.name());
  }

  private static final class Pinned implements TableOperations {
    private final TableOperations all;
    private TableMetadata state;

    Pinned(TableOperations all, TableMetadata state) {
      this.all = all;
      this.state = state;
    }

    @Override
    public TableMetadata current() {
      return state;
    }

    @Override
    public TableMetadata refresh() {
      return state;
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      try {
        all.commit(base, metadata);
      } catch (CommitFailedException e) {
        throw new MovedException(e);
      }
      // Iceberg looks at what it has committed, to keep its files.
      state = all.refresh();
    }

    @Override
    public FileIO io() {
      return all.io();
    }

    @Override
    public EncryptionManager encryption() {
      return all.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return all.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return LocationProviders.locationsFor(state.location(), state.properties());
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
      return all.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
      return all.newSnapshotId();
    }
  }
}
