package io.tidemark.engine.segment;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A segment as one view sees it.
 *
 * @param alive rows that are not deleted, or null if none is; not to be changed any more
 * @param aliveCount how many those are
 */
public record AliveSegment(Segment segment, @Nullable BitSet alive, int aliveCount) {
  public AliveSegment {
    if (aliveCount < 0 || aliveCount > segment.size()) {
      throw new IllegalArgumentException(
          "segment " + segment.id() + ": " + aliveCount + " alive of " + segment.size() + " rows");
    }
    if (alive == null && aliveCount != segment.size()) {
      throw new IllegalArgumentException(
          "segment "
              + segment.id()
              + ": "
              + aliveCount
              + " alive of "
              + segment.size()
              + " rows, but none is said to be dead");
    }
  }

  /** All rows alive. */
  public static AliveSegment all(Segment segment) {
    return new AliveSegment(segment, null, segment.size());
  }

  /** The rows of {@code alive}; the set is kept, not copied. */
  public static AliveSegment of(Segment segment, BitSet alive) {
    int count = alive.cardinality();
    return count == segment.size() ? all(segment) : new AliveSegment(segment, alive, count);
  }

  /** With these rows dead too. */
  public AliveSegment without(BitSet rows) {
    BitSet left = new BitSet(segment.size());
    if (alive == null) {
      left.set(0, segment.size());
    } else {
      left.or(alive);
    }
    left.andNot(rows);
    return of(segment, left);
  }

  public boolean isAlive(int row) {
    return alive == null || alive.get(row);
  }
}
