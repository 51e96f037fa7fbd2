package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import java.util.Map;

/**
 * A named state of a collection, which stays until the tag goes.
 *
 * @param snapshotId Iceberg's
 * @param committedMs when the snapshot was committed
 * @param createdMs when it was tagged
 * @param ageMaxMs after so long, counted from {@code committedMs}, the tag goes by itself: what was
 *     asked for, and how old the state was by then; 0 for never
 * @param positions per shard the hybrid timestamp up to which the snapshot is complete; never below
 *     what its summary says, since quiet shards are complete further than their last commit
 * @param rows in the snapshot's data files, deleted ones included
 * @param schemaId the table's Iceberg schema when it was tagged
 * @param collection as it was when it was tagged
 */
public record SnapshotTag(
    String name,
    long snapshotId,
    long committedMs,
    long createdMs,
    long ageMaxMs,
    Map<Integer, Long> positions,
    long rows,
    int schemaId,
    CollectionInfo collection) {
  private static final int NAME_LENGTH_MAX = 128;

  public SnapshotTag {
    positions = Map.copyOf(positions);
  }

  /** The state is complete up to here on some shard, and holds nothing of the log beyond. */
  public long timestamp() {
    return positions.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /**
   * A tag's name has letters, digits, {@code _ - .}, begins with a letter or {@code _}, and is not
   * {@code main}: so it is never a number or a time.
   *
   * @throws TidemarkException INVALID_PARAMETER for another
   */
  public static String checkName(String name) {
    if (name.length() > NAME_LENGTH_MAX
        || !name.matches("[A-Za-z_][A-Za-z0-9_.-]*")
        || name.equals("main")) {
      throw TidemarkException.invalid(
          "snapshot name '"
              + name
              + "' is invalid: expected up to "
              + NAME_LENGTH_MAX
              + " letters, digits, '_', '-' or '.', the first a letter or '_', and not 'main'");
    }
    return name;
  }
}
