package io.tidemark.jobs.compact;

import io.tidemark.stores.lake.LakeFile;
import org.jspecify.annotations.Nullable;

/**
 * Rows that may share a file.
 *
 * @param shard null for rows that no shard's log carried
 */
record Place(String partition, @Nullable Integer shard) {
  /** As files and segments tell it. */
  int shardOrUnknown() {
    return shard == null ? LakeFile.SHARD_UNKNOWN : shard;
  }
}
