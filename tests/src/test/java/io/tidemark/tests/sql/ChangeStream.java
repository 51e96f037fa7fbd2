package io.tidemark.tests.sql;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * Upserts and deletions of few keys, the same for the same seed, or rows of one new key each, that
 * come no further than a gate lets them. The job runs in this JVM, so that the test opens the gate
 * by this object's name.
 *
 * @param name of this stream among those of the JVM
 * @param keys from 0 to this; {@link #ROWS_ONLY} for rows whose key is their number
 */
record ChangeStream(String name, long seed, int keys, long count) implements java.io.Serializable {
  private static final int ROWS_ONLY = 0;

  static final RowType ROW =
      RowType.of(
          new LogicalType[] {
            new BigIntType(false), new ArrayType(new FloatType()), new BigIntType()
          },
          new String[] {"id", "v", "n"});

  private static final Map<String, Gate> GATES = new ConcurrentHashMap<>();
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final long LIMIT_S = 120;

  static ChangeStream of(long seed, int keys, long count) {
    return new ChangeStream("changes-" + NAMES.incrementAndGet(), seed, keys, count);
  }

  /** Rows that are only added, each with a vector of its own key twice. */
  static ChangeStream ofRows(long count) {
    return new ChangeStream("rows-" + NAMES.incrementAndGet(), 0, ROWS_ONLY, count);
  }

  DataGeneratorSource<RowData> source() {
    return new DataGeneratorSource<>(
        this::change, count, new Limit(name), InternalTypeInfo.of(ROW));
  }

  private GenericRowData change(long index) {
    if (keys == ROWS_ONLY) {
      return GenericRowData.of(index, new GenericArrayData(new float[] {index, index}), index);
    }
    Random random = new Random(seed * 31 + index * 0x9E3779B97F4A7C15L);
    random.nextInt();
    long id = random.nextInt(keys);
    RowKind kind = random.nextInt(4) == 0 ? RowKind.DELETE : RowKind.UPDATE_AFTER;
    return GenericRowData.ofKind(kind, id, new GenericArrayData(new float[] {id, index}), index);
  }

  /** What is left of it all: n by key. */
  Map<Long, Long> result() {
    Map<Long, Long> rows = new HashMap<>();
    for (long index = 0; index < count; index++) {
      GenericRowData change = change(index);
      if (change.getRowKind() == RowKind.DELETE) {
        rows.remove(change.getLong(0));
      } else {
        rows.put(change.getLong(0), change.getLong(2));
      }
    }
    return rows;
  }

  private Gate gate() {
    return GATES.computeIfAbsent(name, own -> new Gate());
  }

  /** Lets so many changes through altogether. */
  void letThrough(long changes) {
    gate().open(changes);
  }

  /** Waits until so many have come through, in any attempt of the job. */
  void awaitPassed(long changes) throws InterruptedException {
    await(gate().passed, changes);
  }

  /** Waits until another checkpoint is complete, so that all tasks run and have written. */
  void awaitCheckpoint() throws InterruptedException {
    // Of two that complete, the second began after this call.
    await(gate().checkpoints, gate().checkpoints.get() + 2);
  }

  private static void await(AtomicLong counter, long value) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (counter.get() < value) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "after " + LIMIT_S + " s there are " + counter.get() + ", expected " + value);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Fails once, at the change of that number. */
  MapFunction<RowData, RowData> failingAt(long n) {
    String own = name;
    return row -> {
      if (row.getLong(2) == n && GATES.get(own).failed.compareAndSet(false, true)) {
        throw new IllegalStateException("the failure that the test asked for");
      }
      return row;
    };
  }

  boolean hasFailed() {
    return gate().failed.get();
  }

  private static final class Gate {
    final AtomicLong passed = new AtomicLong();
    final AtomicLong checkpoints = new AtomicLong();
    final AtomicBoolean failed = new AtomicBoolean();
    private long open;
    private CompletableFuture<Void> opened = new CompletableFuture<>();

    synchronized void open(long changes) {
      open = changes;
      CompletableFuture<Void> waiting = opened;
      opened = new CompletableFuture<>();
      waiting.complete(null);
    }

    synchronized CompletionStage<Void> pass() {
      if (passed.get() < open) {
        passed.incrementAndGet();
        return CompletableFuture.completedFuture(null);
      }
      return opened.thenCompose(more -> pass());
    }
  }

  private record Limit(String name) implements RateLimiterStrategy<NumberSequenceSplit> {
    @Override
    public RateLimiter<NumberSequenceSplit> createRateLimiter(int parallelism) {
      Gate gate = GATES.get(name);
      return new RateLimiter<>() {
        @Override
        public CompletionStage<Void> acquire(int permits) {
          return gate.pass();
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
          gate.checkpoints.incrementAndGet();
        }
      };
    }
  }
}
