package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;

/**
 * How long a collection's rows live: property {@value #PROPERTY}, in seconds, as in Milvus; absent,
 * 0 and -1 are for ever. A row's age counts from its timestamp, which an upsert sets anew; a row of
 * another engine has that of the commit that added it. Stateless.
 */
public final class TimeToLive {
  public static final String PROPERTY = "collection.ttl.seconds";

  /** A hundred years, Milvus's own limit. */
  public static final long SECONDS_MAX = 3_155_760_000L;

  private TimeToLive() {}

  /**
   * The hybrid timestamp before which rows are expired at a moment: those with a smaller one are,
   * the others are not. 0 if the collection's rows live for ever.
   *
   * @param nowMs milliseconds since the epoch
   * @throws TidemarkException INVALID_PARAMETER if the property is no such number
   */
  public static long cutoff(CollectionInfo info, long nowMs) {
    String value = info.properties().get(PROPERTY);
    if (value == null) {
      return 0;
    }
    long seconds = seconds(value);
    // Expired is what was written a lifetime ago to the millisecond, whatever its logical part.
    long beforeMs = nowMs - seconds * 1000 + 1;
    return seconds <= 0 || beforeMs <= 0 ? 0 : HybridTimestamp.ofMillis(beforeMs);
  }

  /**
   * The property's value, checked.
   *
   * @throws TidemarkException INVALID_PARAMETER if it is no whole number from -1 to {@value
   *     #SECONDS_MAX}
   */
  public static long seconds(String value) {
    long seconds;
    try {
      seconds = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(
          PROPERTY + " is '" + value + "', expected a whole number of seconds, 0 for no expiry");
    }
    if (seconds < -1 || seconds > SECONDS_MAX) {
      throw TidemarkException.invalid(
          "collection TTL is out of range, expect [-1, " + SECONDS_MAX + "], got " + seconds);
    }
    return seconds;
  }
}
