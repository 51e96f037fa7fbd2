package io.tidemark.serving.write;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Orders writes and the changes that must not happen between a write's check and its append:
 * dropping the collection or a partition. Writes of a collection go on side by side; a change waits
 * for them and they for it. Thread-safe.
 */
public final class WriteGates {
  private final Map<Long, ReadWriteLock> gates = new ConcurrentHashMap<>();

  public <T> T writing(long collectionId, Supplier<T> write) {
    return locked(gate(collectionId).readLock(), write);
  }

  public <T> T changing(long collectionId, Supplier<T> change) {
    return locked(gate(collectionId).writeLock(), change);
  }

  /** Of a dropped collection. */
  public void forget(long collectionId) {
    gates.remove(collectionId);
  }

  private ReadWriteLock gate(long collectionId) {
    return gates.computeIfAbsent(collectionId, id -> new ReentrantReadWriteLock());
  }

  private static <T> T locked(Lock lock, Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
