package io.tidemark.model.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the window operator emits, in this order and nothing between: the records of closed windows,
 * and progress marks. Exactly one of the two is set. A mark comes after all windows it speaks of. A
 * plain bean for stream processors; not to be changed once emitted.
 */
public final class WindowedLog {
  /** The records of one closed window, or null. */
  public @Nullable Window window;

  /** How far one window task is, or null. */
  public @Nullable Progress progress;

  public WindowedLog() {}

  public static WindowedLog of(Window window) {
    WindowedLog windowed = new WindowedLog();
    windowed.window = window;
    return windowed;
  }

  public static WindowedLog of(Progress progress) {
    WindowedLog windowed = new WindowedLog();
    windowed.progress = progress;
    return windowed;
  }

  /**
   * One vchannel's log over {@code (from, to]}. Empty windows exist: a flush asks for the position
   * alone to move.
   */
  public static final class Window {
    public long collectionId;
    public int shard;

    /** Hybrid: where the vchannel's previous window ended. */
    public long from;

    /** Hybrid. */
    public long to;

    /**
     * Whether the collection was dropped at {@code to}: nothing is left to write and nothing more
     * will come.
     */
    public boolean dropped;

    /** Inserts, deletes and partition drops in log order, as {@link LogRecordCodec} wrote them. */
    public List<byte[]> records = List.of();

    public Window() {}

    public Window(
        long collectionId, int shard, long from, long to, boolean dropped, List<byte[]> records) {
      this.collectionId = collectionId;
      this.shard = shard;
      this.from = from;
      this.to = to;
      this.dropped = dropped;
      this.records = records;
    }
  }

  /**
   * Every record at or below {@code timestamp} that this task was sent has been emitted before, or
   * was skipped for good.
   *
   * @param timestamp hybrid
   * @param task index of the window task, from 0
   * @param tasks how many there are
   * @param prompt whether somebody waits for it
   */
  public record Progress(long timestamp, int task, int tasks, boolean prompt) {}
}
