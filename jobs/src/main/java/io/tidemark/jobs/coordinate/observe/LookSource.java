package io.tidemark.jobs.coordinate.observe;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A source that looks at something in intervals. It has no splits and no state: after a restore the
 * first look tells everything again. What there is much of is looked at less often, so that looking
 * never takes more than a tenth of a core.
 */
final class LookSource implements Source<byte[], LookSource.Nothing, LookSource.Nothing> {
  private static final long serialVersionUID = 1L;
  private static final int LOOK_SHARE = 10;

  private final Look.Opener opener;
  private final Duration every;

  LookSource(Look.Opener opener, Duration every) {
    this.opener = opener;
    this.every = every;
  }

  /** There is but one thing to look at, and nothing to remember of it. */
  record Nothing() implements SourceSplit {
    @Override
    public String splitId() {
      return "nothing";
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<byte[], Nothing> createReader(SourceReaderContext context) {
    return new Reader(opener, every);
  }

  private static final class Reader implements SourceReader<byte[], Nothing> {
    private final Look.Opener opener;
    private final Duration every;
    private final Deque<byte[]> changes = new ArrayDeque<>();
    private @Nullable Look look;
    private long nextNanos = System.nanoTime();

    Reader(Look.Opener opener, Duration every) {
      this.opener = opener;
      this.every = every;
    }

    @Override
    public void start() {
      look = opener.open();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<byte[]> output) throws Exception {
      if (changes.isEmpty()) {
        look();
      }
      byte[] change = changes.poll();
      if (change != null) {
        output.collect(change);
      }
      return changes.isEmpty() ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
    }

    private void look() throws Exception {
      Look open = look;
      long begin = System.nanoTime();
      if (open == null || begin < nextNanos) {
        return;
      }
      changes.addAll(open.changes());
      long took = System.nanoTime() - begin;
      nextNanos = System.nanoTime() + Math.max(every.toNanos(), LOOK_SHARE * took);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      long waitNanos = nextNanos - System.nanoTime();
      return !changes.isEmpty() || waitNanos <= 0
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.runAsync(
              () -> {},
              CompletableFuture.delayedExecutor(waitNanos, TimeUnit.NANOSECONDS, Runnable::run));
    }

    @Override
    public List<Nothing> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public void addSplits(List<Nothing> splits) {
      // There are none.
    }

    @Override
    public void notifyNoMoreSplits() {
      // There never were any.
    }

    @Override
    public void close() {
      if (look != null) {
        look.close();
      }
    }
  }

  @Override
  public SplitEnumerator<Nothing, Nothing> createEnumerator(
      SplitEnumeratorContext<Nothing> context) {
    return new NoSplits();
  }

  @Override
  public SplitEnumerator<Nothing, Nothing> restoreEnumerator(
      SplitEnumeratorContext<Nothing> context, Nothing checkpoint) {
    return new NoSplits();
  }

  private static final class NoSplits implements SplitEnumerator<Nothing, Nothing> {
    @Override
    public void start() {
      // Nothing to find.
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
      // Nobody asks.
    }

    @Override
    public void addSplitsBack(List<Nothing> splits, int subtask) {
      // None were given.
    }

    @Override
    public void addReader(int subtask) {
      // It works without being given anything.
    }

    @Override
    public Nothing snapshotState(long checkpointId) {
      return new Nothing();
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Override
  public SimpleVersionedSerializer<Nothing> getSplitSerializer() {
    return new NothingSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Nothing> getEnumeratorCheckpointSerializer() {
    return new NothingSerializer();
  }

  private static final class NothingSerializer implements SimpleVersionedSerializer<Nothing> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Nothing nothing) {
      return new byte[0];
    }

    @Override
    public Nothing deserialize(int version, byte[] serialized) {
      return new Nothing();
    }
  }
}
