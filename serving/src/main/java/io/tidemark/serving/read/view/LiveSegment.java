package io.tidemark.serving.read.view;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A segment as one view sees it. Changes make a new one and copy the bits; rows are shared.
 *
 * @param alive rows that are not deleted, or null if none is; never written to
 * @param aliveCount how many those are
 */
public record LiveSegment(RowSegment rows, @Nullable BitSet alive, int aliveCount) {
  public static LiveSegment all(RowSegment rows) {
    return new LiveSegment(rows, null, rows.size());
  }

  /** The rows of {@code alive}; kept, not copied. */
  public static LiveSegment of(RowSegment rows, BitSet alive) {
    int count = alive.cardinality();
    return count == rows.size() ? all(rows) : new LiveSegment(rows, alive, count);
  }

  public boolean isAlive(int row) {
    return alive == null || alive.get(row);
  }

  /**
   * The live rows among {@code wanted}.
   *
   * @param wanted null for all; may be written to
   * @return null for all of the segment's rows
   */
  public @Nullable BitSet among(@Nullable BitSet wanted) {
    if (wanted == null || alive == null) {
      return wanted == null ? alive : wanted;
    }
    wanted.and(alive);
    return wanted;
  }

  /** Without the rows that {@code kill} hits; itself if it hits none. */
  public LiveSegment without(Kill kill) {
    if (aliveCount == 0 || !kill.mayHit(rows)) {
      return this;
    }
    Remover remover = new Remover(this);
    List<Object> keys = kill.keys();
    if (keys == null) {
      for (int row = 0; row < rows.size(); row++) {
        remover.remove(row, kill);
      }
    } else {
      for (Object key : keys) {
        rows.segment().keys().forEachRow(key, row -> remover.remove(row, kill));
      }
    }
    return remover.result();
  }

  /** Without the rows that all kills hit. */
  public LiveSegment without(Iterable<Kill> kills) {
    LiveSegment left = this;
    for (Kill kill : kills) {
      left = left.without(kill);
    }
    return left;
  }

  /** Without the rows whose timestamp is {@code position} or older. */
  LiveSegment after(long position) {
    if (rows.oldest() > position) {
      return this;
    }
    Remover remover = new Remover(this);
    for (int row = 0; row < rows.size(); row++) {
      if (rows.segment().timestamp(row) <= position) {
        remover.remove(row);
      }
    }
    return remover.result();
  }

  /** Without the rows whose timestamp is below {@code cutoff}; itself if that are none. */
  LiveSegment notOlderThan(long cutoff) {
    if (rows.oldest() >= cutoff || aliveCount == 0) {
      return this;
    }
    if (rows.newest() < cutoff) {
      return new LiveSegment(rows, new BitSet(), 0);
    }
    BitSet left = new BitSet(rows.size());
    if (alive == null) {
      left.set(0, rows.size());
    } else {
      left.or(alive);
    }
    left.andNot(rows.olderThan(cutoff));
    return of(rows, left);
  }

  /** Ordinals of the rows that are alive. */
  int[] aliveRows() {
    if (alive != null) {
      return alive.stream().toArray();
    }
    int[] all = new int[rows.size()];
    for (int row = 0; row < all.length; row++) {
      all[row] = row;
    }
    return all;
  }

  /** Copies the bits at the first row that really goes. */
  private static final class Remover {
    private final LiveSegment from;
    private @Nullable BitSet left;

    Remover(LiveSegment from) {
      this.from = from;
    }

    void remove(int row, Kill kill) {
      if (kill.hits(from.rows, row)) {
        remove(row);
      }
    }

    void remove(int row) {
      BitSet bits = left;
      if (bits == null) {
        if (!from.isAlive(row)) {
          return;
        }
        bits = copy();
        left = bits;
      }
      bits.clear(row);
    }

    private BitSet copy() {
      if (from.alive != null) {
        return (BitSet) from.alive.clone();
      }
      BitSet all = new BitSet(from.rows.size());
      all.set(0, from.rows.size());
      return all;
    }

    LiveSegment result() {
      return left == null ? from : LiveSegment.of(from.rows, left);
    }
  }
}
