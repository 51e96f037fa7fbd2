package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.concurrent.Callable;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** A table whose next commit to the catalog meets trouble; the catalog itself is real. */
final class RacingTable {
  private final LakeTable table;
  private Callable<?> beforeNext = () -> null;
  private boolean failNext;
  private boolean loseNext;

  RacingTable(LakeFixture fixture, CollectionInfo info) {
    table =
        new LakeTable(
            () -> fixture.lake.load(info.id()).map(this::hooked),
            info.id(),
            new TidemarkException(ErrorCode.COLLECTION_NOT_FOUND, "gone"));
  }

  LakeTable table() {
    return table;
  }

  /** Runs {@code action} after the next commit is prepared, before it reaches the catalog. */
  LakeTable before(Callable<?> action) {
    beforeNext = action;
    return table;
  }

  void failNextCommit() {
    failNext = true;
  }

  void loseNextAnswer() {
    loseNext = true;
  }

  private Table hooked(Table plain) {
    return new BaseTable(new Hooked(((BaseTable) plain).operations()), plain.name());
  }

  private final class Hooked implements TableOperations {
    private final TableOperations plain;

    Hooked(TableOperations plain) {
      this.plain = plain;
    }

    @Override
    public TableMetadata current() {
      return plain.current();
    }

    @Override
    public TableMetadata refresh() {
      return plain.refresh();
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      Callable<?> action = beforeNext;
      beforeNext = () -> null;
      try {
        action.call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      if (failNext) {
        failNext = false;
        throw new IllegalStateException("connection lost before the commit");
      }
      plain.commit(base, metadata);
      if (loseNext) {
        loseNext = false;
        throw new IllegalStateException("connection lost after the commit");
      }
    }

    @Override
    public FileIO io() {
      return plain.io();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return plain.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return LocationProviders.locationsFor(
          plain.current().location(), plain.current().properties());
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
      return plain.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
      return plain.newSnapshotId();
    }
  }
}
