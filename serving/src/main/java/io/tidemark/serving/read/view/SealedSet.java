package io.tidemark.serving.read.view;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sealed segments of one snapshot, kept open as long as the collection or a read uses them.
 * Thread-safe.
 */
final class SealedSet {
  private final List<RowSegment> segments;
  private final AtomicInteger users = new AtomicInteger(1);

  /** Has one user: its maker. */
  SealedSet(List<RowSegment> segments) {
    this.segments = List.copyOf(segments);
    segments.forEach(RowSegment::retain);
  }

  /** False if its last user has gone: then there is a newer one. */
  boolean acquire() {
    int seen = users.get();
    while (seen > 0) {
      if (users.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = users.get();
    }
    return false;
  }

  void release() {
    int left = users.decrementAndGet();
    if (left == 0) {
      segments.forEach(RowSegment::release);
    } else if (left < 0) {
      throw new IllegalStateException("sealed segments released more often than acquired");
    }
  }
}
