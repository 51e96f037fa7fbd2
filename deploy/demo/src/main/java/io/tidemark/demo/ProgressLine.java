package io.tidemark.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** How far each stage is, redrawn in place on a terminal and printed now and then elsewhere. */
final class ProgressLine implements AutoCloseable {
  private static final long PLAIN_INTERVAL_MS = 5_000;

  private final PrintWriter out;
  private final long total;
  private final boolean terminal = Boolean.getBoolean("tidemark.terminal");
  private long embedded;
  private long logged;
  private long committed;
  private long indexed;
  private long loaded;
  private long lastPrintedMs;

  ProgressLine(PrintWriter out, long total) {
    this.out = out;
    this.total = total;
  }

  long total() {
    return total;
  }

  void embedded(long rows) {
    embedded = rows;
    draw(false);
  }

  void logged(long rows) {
    logged = rows;
    draw(false);
  }

  void server(long committedRows, long indexedRows, long loadedRows) {
    committed = committedRows;
    indexed = indexedRows;
    loaded = loadedRows;
    draw(false);
  }

  private void draw(boolean last) {
    String line =
        String.format(
            Locale.ROOT,
            "embedded %,d → logged %,d → committed %,d → indexed %,d → loaded %,d of %,d",
            embedded,
            logged,
            committed,
            indexed,
            loaded,
            total);
    long now = System.currentTimeMillis();
    if (terminal) {
      out.print("\r" + line + (last ? "\n" : ""));
      out.flush();
    } else if (last || now - lastPrintedMs >= PLAIN_INTERVAL_MS) {
      lastPrintedMs = now;
      out.println(line);
      out.flush();
    }
  }

  @Override
  public void close() {
    draw(true);
  }
}
