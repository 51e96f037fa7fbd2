package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeSchemas.positionProperty;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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

/**
 * A collection whose table comes into being with its rows, in one step: until {@link #commit} the
 * catalog knows nothing of it, and whoever is killed before leaves only files. Not thread-safe, but
 * for what {@link #table} gives.
 */
public final class NewCollection {
  private final CollectionInfo info;
  private final Map<Integer, Long> positions;
  private final Transaction transaction;

  private NewCollection(
      CollectionInfo info, Map<Integer, Long> positions, Transaction transaction) {
    this.info = info;
    this.positions = Map.copyOf(positions);
    this.transaction = transaction;
  }

  /**
   * @param columns of the files that will be added, with their ids
   * @param positions per shard: what the rows to be added are complete up to. No record of the
   *     collection with a timestamp up to there may ever come in its log
   */
  static NewCollection begin(
      CollectionInfo info,
      Schema columns,
      Map<Integer, Long> positions,
      org.apache.iceberg.catalog.Catalog.TableBuilder table) {
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
    return new NewCollection(info, positions, transaction);
  }

  public CollectionInfo info() {
    return info;
  }

  /** Where files are written, and how; not in the catalog yet. */
  public Table table() {
    return transaction.table();
  }

  /**
   * Brings it into being.
   *
   * @param deletes by position, of the files added
   * @throws TidemarkException INVALID_PARAMETER if the name is taken
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
    try {
      transaction.commitTransaction();
    } catch (AlreadyExistsException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "collection " + info.name() + " already exists in database " + info.database(),
          e);
    }
  }
}
