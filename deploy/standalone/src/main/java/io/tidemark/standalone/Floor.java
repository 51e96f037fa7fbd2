package io.tidemark.standalone;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.lake.Lake;
import java.util.Map;

/** The timestamp that this process's clock must start above, besides the log's own last records. */
final class Floor {
  private Floor() {}

  /** The highest of the global positions, the collections' times and their tables' positions. */
  static long of(Lake lake, ControlStore control) {
    long floor = 0;
    for (Map.Entry<String, String> position : control.list(ControlKeys.POSITION).entrySet()) {
      floor = Math.max(floor, Long.parseLong(position.getValue()));
    }
    for (String database : lake.databases()) {
      for (CollectionInfo collection : lake.collections(database)) {
        floor =
            Math.max(floor, Math.max(collection.createdTimestamp(), collection.updatedTimestamp()));
        for (int shard = 0; shard < collection.shards(); shard++) {
          floor = Math.max(floor, lake.table(collection).position(shard));
        }
      }
    }
    return floor;
  }
}
