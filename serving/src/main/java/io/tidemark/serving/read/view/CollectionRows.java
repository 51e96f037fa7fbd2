package io.tidemark.serving.read.view;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.model.index.Metric;
import io.tidemark.model.log.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * All rows of one loaded collection. Two things change them: a record of the log, and a newer
 * snapshot of the table. Each publishes a new {@link ReadView} in one step.
 *
 * <p>The rule that keeps every row in exactly one place: {@link #positions} says up to where each
 * shard's log is in the sealed segments. Records up to there are ignored; what the log brought
 * after it is growing, and what the log deleted after it is kept as {@link Kill}s, which are
 * applied to the segments of each newer snapshot too. A newer snapshot moves the positions and
 * drops growing rows and kills up to them, all in the same step. A kill's rule looks at timestamps
 * only, so applying it twice or out of order changes nothing.
 *
 * <p>Thread-safe.
 */
public final class CollectionRows implements AutoCloseable {
  private final int keyField;
  private final LongPredicate spare;
  private final GrowingRows growing;
  private final InterimIndexes indexes;
  private final List<Kill> kills = new ArrayList<>();
  private final AtomicLong growingBytes = new AtomicLong();
  private volatile boolean closed;

  /** Never written to: replaced after the view that they hold for, so that no reader waits. */
  private volatile long[] positions;

  private long killsBefore;
  private List<LiveSegment> sealed = List.of();
  private SealedSet owner = new SealedSet(List.of());
  private volatile ReadView view;

  /**
   * @param keyField id of the primary key
   * @param positions per shard; the sealed segments, none yet, are to be of a snapshot at least as
   *     new
   * @param builds where indexes of rows that have none yet are built
   * @param spare takes so many bytes of heap for such an index of sealed rows, if they are there
   */
  public CollectionRows(int keyField, long[] positions, Executor builds, LongPredicate spare) {
    this.keyField = keyField;
    this.spare = spare;
    this.growing = new GrowingRows(keyField);
    this.indexes = new InterimIndexes(builds, this);
    this.positions = positions.clone();
    this.view = new ReadView(owner, List.of(), List.of(), indexes::scanned);
  }

  /** The current view, kept open for the caller, who closes it; empty once this is closed. */
  public Optional<ReadView> view() {
    while (!closed) {
      ReadView current = view;
      if (current.acquire()) {
        if (!closed) {
          return Optional.of(current);
        }
        // Closed since it was asked: the view may be the empty one that closing leaves.
        current.close();
      }
    }
    return Optional.empty();
  }

  /**
   * Up to where the shard's log is in the sealed segments of a {@link #view} that is asked for
   * afterwards.
   */
  public long position(int shard) {
    return positions[shard];
  }

  /** Heap bytes of growing rows, about. */
  public long growingBytes() {
    return growingBytes.get();
  }

  /** Takes in the next record of a shard; one that the sealed segments have already is ignored. */
  public synchronized void apply(LogRecord.Channel record) {
    if (record.timestamp() <= positions[record.shard()]) {
      return;
    }
    switch (record) {
      case LogRecord.Insert insert -> {
        if (insert.upsert()) {
          kill(Kill.of(insert, GrowingChunk.keyColumn(insert.rows(), keyField)));
        }
        growing.add(insert);
        publish();
      }
      case LogRecord.Delete delete -> {
        kill(Kill.of(delete));
        publish();
      }
      case LogRecord.DropPartition drop -> {
        kill(Kill.of(drop));
        publish();
      }
      case LogRecord.Flush flush -> {
        // Concerns those who commit.
      }
      case LogRecord.DropCollection drop -> {
        // Whoever feeds this closes it.
      }
    }
  }

  private void kill(Kill kill) {
    kills.add(kill);
    growing.kill(kill);
    List<LiveSegment> left = new ArrayList<>(sealed.size());
    sealed.forEach(segment -> left.add(segment.without(kill)));
    sealed = left;
  }

  private void publish() {
    List<LiveSegment> chunks = growing.all();
    growingBytes.set(chunks.stream().mapToLong(chunk -> chunk.rows().bytes()).sum());
    indexes.keepOnly(Stream.concat(sealed.stream(), chunks.stream()).map(LiveSegment::rows));
    view = new ReadView(owner, sealed, chunks, indexes::scanned);
  }

  /**
   * Whether an index of these rows in memory would be used, and there is memory for it, which is
   * taken then. Growing rows' is counted with them; the rows themselves are not in another segment
   * by now.
   */
  synchronized boolean takesIndex(RowSegment rows, long bytes) {
    return isGrowing(rows)
        || (sealed.stream().anyMatch(segment -> segment.rows() == rows) && spare.test(bytes));
  }

  private boolean isGrowing(RowSegment rows) {
    return growing.all().stream().anyMatch(chunk -> chunk.rows() == rows);
  }

  /** Searches use that index from now on, if the rows are still there. */
  synchronized void indexed(RowSegment rows, int fieldId, Metric metric, VectorIndex index) {
    if (isGrowing(rows)) {
      growing.replace(rows, rows.withIndex(fieldId, metric, index));
      publish();
    } else {
      rows.takeInterim(fieldId, metric, index);
    }
  }

  /**
   * The kills that a newer snapshot's segments need, so far. To be taken before the segments' own
   * deletes are applied, outside of any lock, since both may take long.
   */
  public synchronized KillsSoFar kills() {
    return new KillsSoFar(List.copyOf(kills), killsBefore + kills.size());
  }

  /**
   * @param kills in no order that means anything
   * @param number of all kills ever seen; tells {@link #swap} which are still to be applied
   */
  public record KillsSoFar(List<Kill> kills, long number) {}

  /**
   * Puts a newer snapshot's segments in the place of the old ones.
   *
   * @param fresh segments with the snapshot's deletes and {@code applied}'s kills applied
   * @param kept segments of the view that the snapshot has too, with no other deletes than before;
   *     they stay as they are
   * @param applied as {@link #kills} gave it, with no other swap since
   * @param newPositions per shard, the snapshot's; a smaller one than known is ignored
   */
  public synchronized void swap(
      List<LiveSegment> fresh, List<RowSegment> kept, KillsSoFar applied, long[] newPositions) {
    if (closed) {
      return;
    }
    Map<RowSegment, LiveSegment> current = new HashMap<>();
    sealed.forEach(segment -> current.put(segment.rows(), segment));
    List<LiveSegment> next = new ArrayList<>();
    for (RowSegment rows : kept) {
      LiveSegment live = current.get(rows);
      if (live == null) {
        throw new IllegalArgumentException(
            "segment " + rows.segment().id() + " is not in the view that should keep it");
      }
      next.add(live);
    }
    List<Kill> missed =
        kills.subList(Math.toIntExact(applied.number() - killsBefore), kills.size());
    fresh.forEach(segment -> next.add(segment.without(missed)));
    long[] reached = positions.clone();
    for (int shard = 0; shard < reached.length; shard++) {
      reached[shard] = Math.max(reached[shard], newPositions[shard]);
    }
    sealed = next;
    growing.dropThrough(reached);
    forgetKills(reached);
    SealedSet old = owner;
    owner = new SealedSet(next.stream().map(LiveSegment::rows).toList());
    publish();
    positions = reached;
    old.release();
  }

  /** Kills up to the positions are in every snapshot that may come. */
  private void forgetKills(long[] reached) {
    int before = kills.size();
    kills.removeIf(kill -> kill.timestamp() <= reached[kill.shard()]);
    killsBefore += before - kills.size();
  }

  /** Lets go of all rows; reads that hold a view go on with it. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // So that what the log still brings is ignored.
    long[] all = new long[positions.length];
    Arrays.fill(all, Long.MAX_VALUE);
    growing.dropThrough(all);
    forgetKills(all);
    sealed = List.of();
    SealedSet old = owner;
    owner = new SealedSet(List.of());
    publish();
    positions = all;
    old.release();
  }
}
