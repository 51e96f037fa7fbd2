package io.tidemark.stores.log;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridClock;
import io.tidemark.model.time.HybridTimestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writers of all pchannels of this process, which must be the log's only one that writes. They
 * share one clock, so a timestamp is unique in the log and a guarantee for every pchannel. Each
 * pchannel gets a TimeTick every 200 ms. Thread-safe.
 */
public final class ChannelWriters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelWriters.class);
  private static final long TICK_MS = 200;

  private final HybridClock clock;
  private final List<ChannelWriter> writers;
  private final ScheduledExecutorService ticks;
  private final ExecutorService completions;

  private ChannelWriters(
      HybridClock clock, List<ChannelWriter> writers, ExecutorService completions) {
    this.clock = clock;
    this.writers = List.copyOf(writers);
    this.completions = completions;
    this.ticks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tidemark-ticks").daemon().factory());
  }

  /**
   * Opens a writer per pchannel, with {@link WriterLimits#DEFAULT}.
   *
   * @see #open(LogConfig, LongSupplier, long, WriterLimits)
   */
  public static ChannelWriters open(LogConfig config, LongSupplier wallClockMs, long above) {
    return open(config, wallClockMs, above, WriterLimits.DEFAULT);
  }

  /**
   * Opens a writer per pchannel. Whatever the wall clock says, every timestamp is above the last
   * record of every pchannel and above {@code above}.
   *
   * @param wallClockMs milliseconds since the epoch
   * @param above hybrid: the highest position of any table, and the global one
   * @throws TidemarkException SERVICE_NOT_READY if the end of the log cannot be read
   */
  public static ChannelWriters open(
      LogConfig config, LongSupplier wallClockMs, long above, WriterLimits limits) {
    List<Integer> pchannels = IntStream.range(0, config.pchannels()).boxed().toList();
    long[] last = LogEnd.lastTimestamps(config, pchannels, limits.appendDeadline());
    long floor = Math.max(above, Arrays.stream(last).max().orElseThrow());
    long aheadMs = HybridTimestamp.physicalMs(floor) - wallClockMs.getAsLong();
    if (aheadMs > 1000) {
      LOG.warn(
          "the log is ahead of the wall clock, timestamps go on from the log ahead_ms={}", aheadMs);
    }
    HybridClock clock = new HybridClock(wallClockMs, floor);
    ExecutorService completions =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tidemark-append-", 0).factory());
    List<ChannelWriter> writers = new ArrayList<>();
    try {
      for (int pchannel : pchannels) {
        writers.add(
            new ChannelWriter(
                config, pchannel, clock, wallClockMs, last[pchannel], limits, completions));
      }
    } catch (RuntimeException e) {
      writers.forEach(ChannelWriter::close);
      completions.shutdown();
      throw e;
    }
    ChannelWriters opened = new ChannelWriters(clock, writers, completions);
    var unused = opened.ticks.scheduleAtFixedRate(opened::tick, 0, TICK_MS, TimeUnit.MILLISECONDS);
    return opened;
  }

  private void tick() {
    for (ChannelWriter writer : writers) {
      try {
        writer.tick();
      } catch (RuntimeException e) {
        // An exception would end the ticks of all channels; the next one tries again.
        LOG.error("no tick for pchannel={}", writer.pchannel(), e);
      }
    }
  }

  /**
   * @throws IllegalArgumentException if there is no such pchannel
   */
  public ChannelWriter of(int pchannel) {
    if (pchannel < 0 || pchannel >= writers.size()) {
      throw new IllegalArgumentException(
          "no pchannel " + pchannel + ", the log has " + writers.size());
    }
    return writers.get(pchannel);
  }

  /** A timestamp that nothing else has, above all earlier ones; also good as an id. */
  public long allocate() {
    return clock.next();
  }

  /**
   * The timestamp of the newest write that any pchannel's caller may have been told of; ticks do
   * not count. After the start: that of the log's last record. What a Strong read waits for.
   */
  public long lastAcknowledged() {
    long last = 0;
    for (ChannelWriter writer : writers) {
      last = Math.max(last, writer.lastAcknowledged());
    }
    return last;
  }

  /** Waits up to the append deadline for what is under way; later appends fail. */
  @Override
  public void close() {
    ticks.shutdownNow();
    writers.forEach(ChannelWriter::close);
    completions.shutdown();
  }
}
