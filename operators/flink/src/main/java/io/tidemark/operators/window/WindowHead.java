package io.tidemark.operators.window;

/**
 * State of one vchannel beside its buffered records. Timestamps are hybrid.
 *
 * @param closedTo where the last window ended; the next one starts there
 * @param skipping whether records above {@code closedTo} have been skipped: the collection was
 *     dropped or set aside
 * @param first timestamp of the open window's first record, 0 if none is open
 * @param last timestamp of its last record
 * @param end where it ends at the latest
 * @param bytes buffered
 * @param rows buffered
 */
public record WindowHead(
    long closedTo, boolean skipping, long first, long last, long end, long bytes, long rows) {
  static WindowHead startingAt(long position) {
    return new WindowHead(position, false, 0, 0, 0, 0, 0);
  }

  boolean open() {
    return first != 0;
  }

  WindowHead with(long timestamp, long endAtLatest, long moreBytes, long moreRows) {
    return new WindowHead(
        closedTo,
        false,
        open() ? first : timestamp,
        timestamp,
        open() ? end : endAtLatest,
        bytes + moreBytes,
        rows + moreRows);
  }

  WindowHead closedAt(long to) {
    return startingAt(to);
  }

  static WindowHead skippingFrom(long position) {
    return new WindowHead(position, true, 0, 0, 0, 0, 0);
  }
}
