package io.tidemark.model.log;

import java.io.Serializable;

/**
 * Tells a reader of the log up to where a vchannel is in its table already. Not thread-safe.
 * Failures of the backing system throw {@link io.tidemark.model.error.TidemarkException} and may be
 * repeated.
 */
public interface PositionLookup extends AutoCloseable {
  /** What becomes of a vchannel's records. */
  sealed interface Standing {
    /** Records above {@code position}, a hybrid timestamp, are still to be committed. */
    record Known(long position) implements Standing {}

    /** The collection was dropped, its records are skipped. */
    record Dropped() implements Standing {}

    /**
     * The collection's table cannot take its records; they stay in the log until somebody has
     * repaired it.
     */
    record SetAside(long position, String reason) implements Standing {}
  }

  /**
   * Waits a bounded time for a collection that nobody knows: it may have been made a moment ago.
   *
   * @throws io.tidemark.model.error.TidemarkException COLLECTION_NOT_FOUND if it is still unknown
   *     then
   */
  Standing of(long collectionId, int shard) throws InterruptedException;

  @Override
  void close();

  /** Makes a lookup where a task runs. */
  @FunctionalInterface
  interface Opener extends Serializable {
    /**
     * @param resumed whether the task goes on from saved state; if not, it reads the log from where
     *     the tables need it, and what was set aside is tried again
     */
    PositionLookup open(boolean resumed) throws InterruptedException;
  }
}
