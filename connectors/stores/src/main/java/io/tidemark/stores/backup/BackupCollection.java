package io.tidemark.stores.backup;

import io.tidemark.model.collection.CollectionInfo;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;

/**
 * A collection in a backup.
 *
 * @param snapshot the name that its state had
 * @param committedMs when that was committed
 * @param positions per shard what it is complete up to, hybrid
 * @param info as it was
 * @param columns of its data files, with their ids
 */
public record BackupCollection(
    String snapshot,
    long committedMs,
    Map<Integer, Long> positions,
    CollectionInfo info,
    Schema columns,
    List<BackupFile> files,
    List<BackupFile.Index> indexes) {
  public BackupCollection {
    positions = Map.copyOf(positions);
    files = List.copyOf(files);
    indexes = List.copyOf(indexes);
  }
}
