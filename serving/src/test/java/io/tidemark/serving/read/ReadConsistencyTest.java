package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.window.NetEffect;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.NetChange;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.record.RecordFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes at random while windows of the log are committed to the table, another engine rewrites it
 * and the service is restarted: after each write a query shows exactly what was written.
 */
class ReadConsistencyTest {
  private static final int STEPS = 200;
  private static final int KEYS = 40;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final TreeMap<Long, String> model = new TreeMap<>();

  @TempDir Path folder;
  private ReadFixture fixture;
  private final List<List<LogRecord.Channel>> open = List.of(new ArrayList<>(), new ArrayList<>());
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private long clock;

  @Test
  void showsExactlyWhatWasWrittenWhileItMovesFromLogToTable() throws Exception {
    System.out.println("ReadConsistencyTest -Dseed=" + seed);
    try (ReadFixture opened = new ReadFixture(folder, 2);
        ExecutorService readers = Executors.newSingleThreadExecutor()) {
      fixture = opened;
      fixture.load();
      Future<?> reader = readers.submit(this::readOn);
      try {
        for (int step = 0; step < STEPS; step++) {
          write();
          if (random.nextInt(20) == 0) {
            commit(random.nextInt(2), random.nextInt(2));
          }
          if (random.nextInt(80) == 0) {
            rewrite();
          }
          assertThat(seen()).as("seed %d, step %d", seed, step).isEqualTo(model);
        }
        commit(0, 0);
        commit(1, 0);
        ReadFixture.eventually(() -> fixture.reads.metrics().growingBytes() == 0);
        assertThat(seen()).as("seed %d, all committed", seed).isEqualTo(model);
      } finally {
        writing.set(false);
        reader.get();
      }
      fixture.restart();
      fixture.load();
      assertThat(seen()).as("seed %d, restarted", seed).isEqualTo(model);
    }
  }

  /** Whatever moves meanwhile: no key twice, and count and rows of one view agree. */
  private void readOn() {
    while (writing.get()) {
      LockSupport.parkNanos(1_000_000);
      List<Object> keys = fixture.keys();
      assertThat(keys).as("seed %d", seed).doesNotHaveDuplicates();
      List<Object> nearest = fixture.search(random(), KEYS);
      assertThat(nearest).as("seed %d", seed).doesNotHaveDuplicates();
    }
  }

  private static float random() {
    return (float) (Math.random() * KEYS);
  }

  private Map<Object, Object> seen() {
    QueryAnswer answer = fixture.query("", -1, 0, false);
    Column keys = answer.rows().column(ReadFixture.ID).orElseThrow();
    Column titles = answer.rows().column(ReadFixture.TITLE).orElseThrow();
    Map<Object, Object> seen = new TreeMap<>();
    for (int row = 0; row < keys.size(); row++) {
      seen.put(keys.value(row), titles.value(row));
    }
    assertThat(fixture.query("", -1, 0, true).count()).as("seed %d", seed).isEqualTo(seen.size());
    return seen;
  }

  private void write() {
    clock += 1 + random.nextInt(3);
    long key = random.nextInt(KEYS);
    int shard = (int) (key % 2);
    LogRecord.Channel record;
    if (random.nextInt(4) == 0) {
      model.remove(key);
      record =
          new LogRecord.Delete(
              ReadFixture.ts(clock), 7, shard, "", LongColumn.of(new long[] {key}, null));
    } else {
      String title = "t " + clock;
      model.put(key, title);
      record =
          new LogRecord.Insert(
              ReadFixture.ts(clock),
              7,
              shard,
              random.nextBoolean() ? ReadFixture.DEFAULT : "a",
              1,
              true,
              ReadFixture.moved(key, clock, title));
    }
    open.get(shard).add(record);
    fixture.log.append(fixture.info.pchannels().get(shard), record);
  }

  /**
   * Commits the shard's log as the ingest job does.
   *
   * @param behind records at its end that are left for the next time
   */
  private void commit(int shard, int behind) {
    List<LogRecord.Channel> records = open.get(shard);
    List<LogRecord.Channel> window = records.subList(0, Math.max(0, records.size() - behind));
    if (window.isEmpty()) {
      return;
    }
    NetChange change = NetEffect.of(window, fixture.info.schema());
    LakeTable table = fixture.table();
    Table iceberg = table.iceberg();
    List<DataFile> data = new ArrayList<>();
    for (NetChange.Rows rows : change.rows()) {
      List<Record> written = new ArrayList<>();
      for (int row = 0; row < rows.batch().size(); row++) {
        written.add(
            ReadFixture.record(
                iceberg.schema(),
                (Long) rows.batch().column(ReadFixture.ID).orElseThrow().value(row),
                1,
                (String) rows.batch().column(ReadFixture.TITLE).orElseThrow().value(row),
                rows.timestamp(),
                shard,
                rows.partition()));
      }
      data.add(RecordFiles.writeData(iceberg, written));
    }
    long[] deleted = change.deletedKeys().stream().mapToLong(key -> (Long) key).toArray();
    List<DeleteFile> deletes =
        deleted.length == 0 ? List.of() : List.of(fixture.deletes(iceberg, deleted));
    long to = window.getLast().timestamp();
    var unused =
        new LogSnapshotCommitter()
            .commit(table, shard, table.position(shard), to, data, deletes, List.of());
    window.clear();
  }

  /** Another engine replaces all files by one, of rows of both shards and partitions. */
  private void rewrite() throws Exception {
    Table iceberg = fixture.table().iceberg();
    if (iceberg.currentSnapshot() == null) {
      return;
    }
    List<Record> rows = new ArrayList<>();
    var files = new java.util.HashSet<DataFile>();
    try (var tasks = iceberg.newScan().planFiles()) {
      for (var task : tasks) {
        files.add(task.file());
      }
    }
    try (ReadService plain =
        new ReadService(
            fixture.lake,
            new MemoryLog(2),
            fixture.control,
            new ReadConfig(folder.resolve("plain"), 1, java.time.Duration.ofMillis(20), 1 << 20))) {
      plain.load(fixture.info, java.util.Set.of()).get();
      QueryAnswer live =
          plain.query(
              new QueryCommand(
                  fixture.info,
                  fixture.filter(""),
                  java.util.Set.of(),
                  List.of(ReadFixture.ID, ReadFixture.TITLE),
                  -1,
                  0,
                  false,
                  1,
                  false,
                  java.time.Duration.ofSeconds(1)));
      for (int row = 0; row < live.rows().size(); row++) {
        long key = (Long) live.rows().column(ReadFixture.ID).orElseThrow().value(row);
        String title = (String) live.rows().column(ReadFixture.TITLE).orElseThrow().value(row);
        long ts = ReadFixture.ts(Long.parseLong(title.substring(2)));
        rows.add(
            ReadFixture.record(
                iceberg.schema(), key, 1, title, ts, (int) (key % 2), ReadFixture.DEFAULT));
      }
    }
    if (!rows.isEmpty()) {
      RewriteFiles rewrite =
          iceberg.newRewrite().validateFromSnapshot(iceberg.currentSnapshot().snapshotId());
      files.forEach(rewrite::deleteFile);
      rewrite.addFile(RecordFiles.writeData(iceberg, rows)).commit();
    }
  }
}
