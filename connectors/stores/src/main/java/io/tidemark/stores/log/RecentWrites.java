package io.tidemark.stores.log;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When keys were last written, for as many keys as there is room. What was forgotten counts as
 * written at {@link #horizon()}: an answer may name a write that was not, never miss one. Not
 * thread-safe.
 */
final class RecentWrites {
  private record Key(long collectionId, Object key) {}

  private final int keysMax;
  private final Map<Key, Long> lastWrites = new LinkedHashMap<>();

  /** Collections of which some keys, unknown which, were written. */
  private final Map<Long, Long> unknownKeys = new LinkedHashMap<>();

  private long horizon;

  /**
   * @param horizon writes up to this timestamp are not known
   */
  RecentWrites(int keysMax, long horizon) {
    this.keysMax = keysMax;
    this.horizon = horizon;
  }

  long horizon() {
    return horizon;
  }

  /** Timestamps come in ascending order. */
  void written(long collectionId, Object key, long timestamp) {
    put(lastWrites, new Key(collectionId, key), timestamp);
  }

  /** Any key of the collection may have been written. */
  void writtenUnknown(long collectionId, long timestamp) {
    put(unknownKeys, collectionId, timestamp);
  }

  private <K> void put(Map<K, Long> writes, K key, long timestamp) {
    // Removed first: the map's order is that of the writes, so the eldest entry is the oldest
    // write.
    writes.remove(key);
    writes.put(key, timestamp);
    if (writes.size() > keysMax) {
      Map.Entry<K, Long> eldest = writes.entrySet().iterator().next();
      horizon = Math.max(horizon, eldest.getValue());
      writes.remove(eldest.getKey());
    }
  }

  /**
   * The timestamp of a write of one of the keys after {@code since}, or 0 if there was none.
   *
   * <p>0 says so for sure; another answer may be a write that only might have been.
   */
  long writtenAfter(long since, long collectionId, Collection<?> keys) {
    if (keys.isEmpty()) {
      return 0;
    }
    if (horizon > since) {
      return horizon;
    }
    long latest = after(since, unknownKeys.get(collectionId));
    for (Object key : keys) {
      latest = Math.max(latest, after(since, lastWrites.get(new Key(collectionId, key))));
    }
    return latest;
  }

  private static long after(long since, @Nullable Long written) {
    return written != null && written > since ? written : 0;
  }
}
