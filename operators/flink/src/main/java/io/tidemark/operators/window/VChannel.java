package io.tidemark.operators.window;

import io.tidemark.model.log.LogEvent;

/**
 * Key of the window state: one shard of one collection. Its hash is part of the state's format,
 * since it decides which task holds a key; so it is spelt out here.
 */
public record VChannel(long collectionId, int shard) {
  public static VChannel of(LogEvent event) {
    return new VChannel(event.collectionId, event.shard);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(collectionId) + shard;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VChannel that
        && that.collectionId == collectionId
        && that.shard == shard;
  }
}
