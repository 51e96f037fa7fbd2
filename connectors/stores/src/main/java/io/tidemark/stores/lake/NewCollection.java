package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeSchemas.positionProperty;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A collection whose table comes into being with its rows, in one step: until {@link #commit} the
 * catalog knows nothing of it, and whoever is killed before leaves only files. Not thread-safe, but
 * for what {@link #table} gives.
 */
public final class NewCollection {
  private static final Logger LOG = LoggerFactory.getLogger(NewCollection.class);

  private final CollectionInfo info;
  private final Map<Integer, Long> positions;
  private final Transaction transaction;
  private final BooleanSupplier isThere;
  private boolean mayBeThere;

  private NewCollection(
      CollectionInfo info,
      Map<Integer, Long> positions,
      Transaction transaction,
      BooleanSupplier isThere) {
    this.info = info;
    this.positions = Map.copyOf(positions);
    this.transaction = transaction;
    this.isThere = isThere;
  }

  /**
   * @param columns of the files that will be added, with their ids
   * @param positions per shard: what the rows to be added are complete up to. No record of the
   *     collection with a timestamp up to there may ever come in its log
   * @param isThere whether the catalog has the collection, by its id; asked when an answer was lost
   */
  static NewCollection begin(
      CollectionInfo info,
      Schema columns,
      Map<Integer, Long> positions,
      org.apache.iceberg.catalog.Catalog.TableBuilder table,
      BooleanSupplier isThere) {
    if (positions.size() != info.shards()) {
      throw new IllegalArgumentException(
          "positions of " + positions.keySet() + " for " + info.shards() + " shards");
    }
    Map<String, String> properties = new HashMap<>(LakeSchemas.tableProperties(info));
    positions.forEach(
        (shard, position) -> properties.put(positionProperty(shard), Long.toString(position)));
    Transaction transaction = table.withProperties(properties).createTransaction();
    // Iceberg gives the columns of a new table ids of its own; the files have theirs already.
    TableOperations operations = ((HasTableOperations) transaction.table()).operations();
    TableMetadata staged = operations.current();
    operations.commit(staged, staged.updateSchema(columns));
    return new NewCollection(info, positions, transaction, isThere);
  }

  public CollectionInfo info() {
    return info;
  }

  /** Where files are written, and how; not in the catalog yet. */
  public Table table() {
    return transaction.table();
  }

  /**
   * Whether it may be in the catalog, or come to be: once {@link #commit} was called, unless it was
   * refused. Then its files are nobody's to take away.
   */
  public boolean mayBeThere() {
    return mayBeThere;
  }

  /**
   * Brings it into being.
   *
   * @param deletes by position, of the files added
   * @throws TidemarkException INVALID_PARAMETER if the name is taken
   * @throws RuntimeException Iceberg's own if the catalog cannot be reached: it may or may not be
   *     there
   */
  public void commit(List<DataFile> add, List<DeleteFile> deletes) {
    RowDelta rows = transaction.newRowDelta();
    add.forEach(rows::addRows);
    deletes.forEach(rows::addDeletes);
    positions.forEach((shard, position) -> {
      rows.set(positionProperty(shard), Long.toString(position));
      rows.set(SnapshotPositions.fromProperty(shard), Long.toString(position));
    });
    rows.set(LogSnapshotCommitter.COMMIT_ID, UUID.randomUUID().toString());
    ManifestScan.by(table(), rows).commit();
    mayBeThere = true;
    try {
      transaction.commitTransaction();
    } catch (RuntimeException e) {
      // A connection that was lost is made anew and asked again: the name may be taken by us.
      if (isThere(e)) {
        LOG.warn("collection was made though the answer was lost collection={}", info.id(), e);
        return;
      }
      if (e instanceof AlreadyExistsException) {
        mayBeThere = false;
        throw new TidemarkException(
            ErrorCode.INVALID_PARAMETER,
            "collection " + info.name() + " already exists in database " + info.database(),
            e);
      }
      throw e;
    }
  }

  private boolean isThere(RuntimeException failure) {
    try {
      return isThere.getAsBoolean();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }
}
