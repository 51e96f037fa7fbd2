package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.stores.lake.SnapshotExpiry;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots are rewritten, expired, and their files deleted, while a node plans or loads them. */
class ExpiryWhileLoadingTest {
  private static final int KEYS = 200;
  private static final int RESTARTS = 4;

  private final long seed = Long.getLong("seed", System.nanoTime());

  @TempDir Path folder;

  @Test
  void filesThatGoBetweenPlanningAndReadingAreReplacedByTheNewerSnapshots() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.commit(10, 1, 2);
      fixture.commit(20, 3);
      AtomicInteger expired = new AtomicInteger();
      // Loading subscribes after it has planned the snapshot, and before it reads a file.
      LogFeed between =
          new Following(fixture.log) {
            @Override
            public Subscription subscribe(
                int pchannel, long collectionId, int shard, long after, LogListener listener) {
              if (expired.getAndIncrement() < 2) {
                rewriteAndExpire(fixture, 2);
              }
              return super.subscribe(pchannel, collectionId, shard, after, listener);
            }
          };
      fixture.reads.close();
      fixture.reads = service(fixture, between, "cache-1");
      fixture.load();
      assertThat(expired.get()).isEqualTo(3);
      assertThat(fixture.keys()).containsExactly(1L, 2L, 3L);
      assertThat(fixture.reads.status(fixture.info.id()).orElseThrow().error()).isNull();
    }
  }

  @Test
  void nobodyNoticesWhileSnapshotsExpireAllTheTime() throws Exception {
    System.out.println("ExpiryWhileLoadingTest -Dseed=" + seed);
    Random random = new Random(seed);
    try (ReadFixture fixture = new ReadFixture(folder, 1);
        ExecutorService rewriter = Executors.newSingleThreadExecutor()) {
      List<Object> keys = new ArrayList<>();
      for (long key = 0; key < KEYS; key++) {
        keys.add(key);
      }
      fixture.commit(10, LongStream.range(0, KEYS).toArray());
      AtomicBoolean running = new AtomicBoolean(true);
      AtomicLong rewrites = new AtomicLong();
      Future<?> rewriting =
          rewriter.submit(() -> {
            while (running.get()) {
              rewriteAndExpire(fixture, 1 + random.nextInt(5));
              rewrites.incrementAndGet();
            }
          });
      for (int restart = 0; restart < RESTARTS; restart++) {
        fixture.reads.close();
        fixture.reads = service(fixture, fixture.log, "cache-" + restart);
        fixture.load();
        long seen = rewrites.get();
        while (rewrites.get() < seen + 4 && !rewriting.isDone()) {
          assertThat(fixture.keys()).as("seed %d", seed).isEqualTo(keys);
          assertThat(fixture.reads.rowCount(fixture.info, Set.of())).isEqualTo(KEYS);
          assertThat(fixture.reads.indexProgress(fixture.info, ReadFixture.VECTOR).totalRows())
              .isEqualTo(KEYS);
        }
      }
      running.set(false);
      rewriting.get(60, TimeUnit.SECONDS);
    }
  }

  private ReadService service(ReadFixture fixture, LogFeed feed, String cache) {
    return new ReadService(
        fixture.lake,
        feed,
        fixture.control,
        new ReadConfig(folder.resolve(cache), 2, Duration.ofMillis(5), 1 << 20));
  }

  /** All rows in other files; what named the old ones expires, and they are deleted. */
  private static void rewriteAndExpire(ReadFixture fixture, int files) {
    CollectionInfo info = fixture.info;
    Table table = fixture.lake.table(info).iceberg();
    Set<DataFile> old = new java.util.HashSet<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> old.add(task.file()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    long rows = old.stream().mapToLong(DataFile::recordCount).sum();
    long first = rows == KEYS ? 0 : 1;
    Set<DataFile> fresh = new java.util.HashSet<>();
    for (int file = 0; file < files; file++) {
      long[] keys =
          LongStream.range(first + rows * file / files, first + rows * (file + 1) / files)
              .toArray();
      fresh.add(fixture.data(table, 5, 0, DEFAULT, keys));
    }
    RewriteFiles rewrite =
        table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
    old.forEach(rewrite::deleteFile);
    fresh.forEach(rewrite::addFile);
    rewrite.commit();
    try (ExecutorService deletes = Executors.newSingleThreadExecutor()) {
      SnapshotExpiry.Expired expired =
          SnapshotExpiry.expire(table, Duration.ofSeconds(-1), 1, deletes);
      assertThat(expired.snapshots()).isPositive();
      old.forEach(file -> assertThat(table.io().newInputFile(file.location()).exists()).isFalse());
    }
  }

  private static class Following implements LogFeed {
    private final LogFeed log;

    Following(LogFeed log) {
      this.log = log;
    }

    @Override
    public Subscription subscribe(
        int pchannel, long collectionId, int shard, long after, LogListener listener) {
      return log.subscribe(pchannel, collectionId, shard, after, listener);
    }

    @Override
    public void reach(int pchannel, long guarantee) {
      log.reach(pchannel, guarantee);
    }
  }
}
