package io.tidemark.jobs.expire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LocalFileIO;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Orphans are cleaned up without a pause while rows are ingested, indexes are built and the catalog
 * stalls, so that written files stay uncommitted for longer than the grace period. No file goes
 * that is named or will be; every file goes that nobody will name.
 */
class OrphansDuringWritesTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final int KEYS = 3000;
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration STALL = Duration.ofMillis(3500);
  private static final Duration OLD = Duration.ofHours(40);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final int rounds = Integer.getInteger("faults.rounds", 1);

  @TempDir Path folder;
  @TempDir Path brokerFolder;
  private final TreeMap<Long, List<String>> journal = new TreeMap<>();
  private final List<Path> planted = new ArrayList<>();

  @Test
  void noLiveOrPendingFileIsRemoved(@InjectMiniCluster MiniCluster cluster) throws Exception {
    System.out.println("OrphansDuringWritesTest -Dseed=" + seed + " -Dfaults.rounds=" + rounds);
    Random random = new Random(seed);
    AtomicBoolean cleaning = new AtomicBoolean(true);
    try (EmbeddedBroker broker = LogAndLake.broker(brokerFolder.resolve("kafka"));
        LogAndLake system = new LogAndLake(broker, folder);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      CollectionInfo books = system.create("books", ExpirySystem.INDEX);
      JobID job = ExpirySystem.ingest(cluster, system, folder.resolve("checkpoints"));
      write(system, books, random, 0, 2000);
      ExpirySystem.flush(system, books);
      Future<OrphanFiles.Deleted> cleaner = threads.submit(() -> clean(system, books, cleaning));
      for (int round = 1; round <= rounds; round++) {
        plant(system, books, random);
        Future<?> stall = threads.submit(this::stallCatalog);
        long end = System.nanoTime() + STALL.toNanos();
        while (System.nanoTime() < end) {
          write(system, books, random, round, 1 + random.nextInt(300));
          Thread.sleep(random.nextInt(100));
        }
        stall.get();
        ExpirySystem.flush(system, books);
        ExpirySystem.run(
            new IndexJob(), system, books, Map.of("force", "true", "index-rows-min", "10"));
      }
      plant(system, books, random);
      ExpirySystem.await(() -> {
        if (cleaner.isDone()) {
          cleaner.get();
        }
        return planted.stream().noneMatch(path -> path.toFile().exists());
      });
      cleaning.set(false);
      OrphanFiles.Deleted cleaned = cleaner.get();
      ExpirySystem.cancel(cluster, job);
      assertThat(cleaned.files()).isGreaterThanOrEqualTo(planted.size());
      assertThat(system.live(books)).as("seed %d", seed).isEqualTo(journal);
      List<SegmentIndex> registered = system.lake.registry().list(books.id());
      assertThat(registered).isNotEmpty();
      assertThat(registered)
          .as("seed %d", seed)
          .allMatch(index -> LocalFileIO.path(index.file()).toFile().exists());
    }
  }

  private void write(LogAndLake system, CollectionInfo books, Random random, int round, int count) {
    long[] keys = random.longs(count, 0, KEYS).distinct().toArray();
    String text = "r" + round + "v" + random.nextInt(1000) + "-";
    system.upsert(books, text, keys);
    for (long key : keys) {
      journal.put(key, List.of(text + key));
    }
  }

  private void plant(LogAndLake system, CollectionInfo books, Random random) throws Exception {
    String table = system.lake.table(books).iceberg().location();
    String name = random.nextLong() + ".parquet";
    planted.add(ExpirySystem.plant(table + "/data", name, OLD));
    planted.add(ExpirySystem.plant(table + "/metadata", "snap-" + name + ".avro", OLD));
    planted.add(
        ExpirySystem.plant(system.lake.indexPrefix() + "/" + books.id(), name + ".puffin", OLD));
  }

  /** Nobody can commit to any table, as when the catalog's machine is away. */
  private Void stallCatalog() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("catalog.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=10000");
      statement.execute("BEGIN IMMEDIATE");
      Thread.sleep(STALL);
      statement.execute("ROLLBACK");
    }
    return null;
  }

  private static OrphanFiles.Deleted clean(
      LogAndLake system, CollectionInfo books, AtomicBoolean cleaning) throws Exception {
    OrphanFiles.Deleted all = OrphanFiles.Deleted.NONE;
    while (cleaning.get()) {
      long nowMs = System.currentTimeMillis();
      system.control.refresh();
      ExpireTask task =
          ExpirePlanner.plan(system.lake, system.control, Optional.of(books.id()), nowMs)
              .getFirst();
      LakeTable table = system.lake.table(books);
      // All clocks are one here: the margin between clocks would only spare more.
      all =
          all.plus(
                  OrphanFiles.ofTable(
                      table.iceberg(),
                      new PendingTime(nowMs - GRACE.toMillis(), task.settledMs(), 0)))
              .plus(
                  UselessIndexes.deleteOrphans(
                      system.lake, books.id(), PendingTime.of(nowMs, Duration.ofMinutes(1))));
      Thread.sleep(20);
    }
    return all;
  }
}
