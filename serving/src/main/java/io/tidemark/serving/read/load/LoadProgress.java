package io.tidemark.serving.read.load;

import java.util.concurrent.atomic.AtomicLong;

/** How much of what is to be loaded is loaded, in bytes of data files. Thread-safe. */
public final class LoadProgress {
  private static final int ALL = 100;

  private final AtomicLong wanted = new AtomicLong();
  private final AtomicLong done = new AtomicLong();

  void begin(long bytes) {
    done.set(0);
    wanted.set(bytes);
  }

  void add(long bytes) {
    done.addAndGet(bytes);
  }

  /** 0 to 99: it is never said to be all before it can be read. */
  public int percent() {
    long all = wanted.get();
    return all == 0 ? 0 : (int) Math.min(ALL - 1, done.get() * ALL / all);
  }
}
