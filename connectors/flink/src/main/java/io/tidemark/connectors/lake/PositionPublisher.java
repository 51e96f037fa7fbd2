package io.tidemark.connectors.lake;

import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Publishes the global position: the lowest progress over all pairs of window task and committer,
 * once each has told its own. One clock stamps all pchannels, so one number holds for each of them.
 * Written about once a second, at once if somebody waits, and never backwards.
 */
final class PositionPublisher implements Sink<CommittedProgress> {
  private static final long serialVersionUID = 1L;

  private final LakeAccess access;
  private final long everyMs;

  PositionPublisher(LakeAccess access, long everyMs) {
    this.access = access;
    this.everyMs = everyMs;
  }

  @Override
  public SinkWriter<CommittedProgress> createWriter(WriterInitContext context) {
    if (context.getTaskInfo().getNumberOfParallelSubtasks() != 1) {
      throw new IllegalStateException(
          "the position has one publisher, not "
              + context.getTaskInfo().getNumberOfParallelSubtasks());
    }
    OpenStores stores = OpenStores.acquire(access);
    try {
      stores.control().refresh();
      return new Publisher(stores.control(), stores::close, access.log().pchannels(), everyMs);
    } catch (RuntimeException e) {
      stores.close();
      throw e;
    }
  }

  /** Keeps what each pair has told since the start. */
  static final class Publisher implements SinkWriter<CommittedProgress> {
    private final ControlStore control;
    private final Runnable release;
    private final int pchannels;
    private final long everyMs;
    private final Map<Pair, Long> told = new HashMap<>();
    private final Map<Integer, Long> published = new HashMap<>();
    private long publishedAtMs = Long.MIN_VALUE / 2;

    private record Pair(int windowTask, int committer) {}

    Publisher(ControlStore control, Runnable release, int pchannels, long everyMs) {
      this.control = control;
      this.release = release;
      this.pchannels = pchannels;
      this.everyMs = everyMs;
      for (int pchannel = 0; pchannel < pchannels; pchannel++) {
        published.put(
            pchannel, control.get(ControlKeys.POSITION + pchannel).map(Long::parseLong).orElse(0L));
      }
    }

    @Override
    public void write(CommittedProgress progress, Context context) {
      told.merge(
          new Pair(progress.windowTask(), progress.committer()), progress.timestamp(), Math::max);
      if (told.size() < progress.windowTasks() * progress.committers()) {
        return;
      }
      long nowMs = System.nanoTime() / 1_000_000;
      // Marks come as often as positions are published: without the slack, each second one would
      // just miss its turn.
      if (progress.prompt() || nowMs - publishedAtMs >= everyMs / 2) {
        publish(told.values().stream().mapToLong(Long::longValue).min().orElseThrow());
        publishedAtMs = nowMs;
      }
    }

    private void publish(long position) {
      for (int pchannel = 0; pchannel < pchannels; pchannel++) {
        if (position > published.getOrDefault(pchannel, 0L)) {
          control.put(ControlKeys.POSITION + pchannel, Long.toString(position));
          published.put(pchannel, position);
        }
      }
    }

    @Override
    public void flush(boolean endOfInput) {
      // Each position is durable when put() returns.
    }

    @Override
    public void close() {
      release.run();
    }
  }
}
