package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What leaves a table by age: rows, snapshots, files that nothing names. */
class ExpiredFilesTest {
  private static final long NOW_MS = HybridTimestamp.physicalMs(LakeFixture.CREATED) + 1_000_000;
  private static final long TTL_MS = 100_000;

  @TempDir Path folder;
  private LakeFixture fixture;
  private CollectionInfo info;
  private LakeTable table;
  private final ExecutorService deletes = Executors.newFixedThreadPool(2);

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
    info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    table = fixture.create(info);
    live(TTL_MS / 1000);
  }

  @AfterEach
  void close() {
    deletes.shutdown();
    fixture.close();
  }

  private void live(long seconds) {
    info =
        new CollectionInfo(
            info.id(),
            info.database(),
            info.name(),
            info.schema(),
            info.pchannels(),
            info.consistency(),
            info.createdTimestamp(),
            info.updatedTimestamp(),
            info.partitions(),
            info.indexes(),
            Map.of(TimeToLive.PROPERTY, Long.toString(seconds)));
    fixture.lake.updateCollection(info);
    table.refresh();
  }

  private static long ago(long ms) {
    return HybridTimestamp.ofMillis(NOW_MS - ms);
  }

  private DataFile commit(long position, long ts, long... ids) {
    DataFile file = LakeFixture.books(table.iceberg(), ts, ids);
    var unused =
        new LogSnapshotCommitter()
            .commit(table, 0, table.position(0), position, List.of(file), List.of(), List.of());
    return file;
  }

  @Test
  void justTheFilesWithoutAYoungRowLeaveAndThePositionStays() throws Exception {
    commit(ago(500), ago(TTL_MS + 1), 1, 2);
    commit(ago(400), ago(TTL_MS), 3);
    commit(ago(300), ago(TTL_MS - 1), 4);
    List<Map<String, Object>> mixed = new ArrayList<>();
    mixed.add(LakeFixture.book(5, ago(TTL_MS * 2), 0, "_default"));
    mixed.add(LakeFixture.book(6, ago(10), 0, "_default"));
    table.iceberg().newAppend().appendFile(LakeFixture.data(table.iceberg(), mixed)).commit();
    ExpiredFiles.Removed removed = ExpiredFiles.remove(table, NOW_MS);
    assertThat(removed.files()).isEqualTo(2);
    assertThat(removed.rows()).isEqualTo(3);
    assertThat(removed.bytes()).isPositive();
    assertThat(LakeFixture.ids(table.iceberg())).containsExactly(4L, 5L, 6L);
    assertThat(table.position(0)).isEqualTo(ago(300));
    Snapshot snapshot = table.iceberg().currentSnapshot();
    assertThat(snapshot.operation()).isEqualTo("delete");
    assertThat(snapshot.summary()).containsKey(ExpiredFiles.SUMMARY);
    assertThat(ExpiredFiles.remove(table, NOW_MS).files()).as("again").isZero();
    commit(ago(1), ago(5), 7);
    assertThat(LakeFixture.ids(table.iceberg())).contains(7L);
  }

  @Test
  void nothingLeavesWithoutATimeToLive() {
    commit(ago(500), ago(TTL_MS * 5), 1);
    live(0);
    assertThat(ExpiredFiles.remove(table, NOW_MS).files()).isZero();
    live(-1);
    assertThat(ExpiredFiles.remove(table, NOW_MS).files()).isZero();
  }

  @Test
  void rowsOfOtherEnginesAgeFromTheirCommit() throws Exception {
    Map<String, Object> row = new HashMap<>(LakeFixture.book(1, 0, 0, ""));
    row.keySet().removeIf(column -> column.startsWith("__"));
    table
        .iceberg()
        .newAppend()
        .appendFile(LakeFixture.data(table.iceberg(), List.of(row)))
        .commit();
    long commitMs = table.iceberg().currentSnapshot().timestampMillis();
    assertThat(ExpiredFiles.remove(table, commitMs + TTL_MS - 1).files()).isZero();
    assertThat(ExpiredFiles.remove(table, commitMs + TTL_MS).files()).isEqualTo(1);
  }

  @Test
  void rowsOfOtherEnginesWhoseCommitIsForgottenAreNotTakenForOlderThanTheyAre() throws Exception {
    Map<String, Object> row = new HashMap<>(LakeFixture.book(1, 0, 0, ""));
    row.keySet().removeIf(column -> column.startsWith("__"));
    Table iceberg = table.iceberg();
    iceberg.newAppend().appendFile(LakeFixture.data(iceberg, List.of(row))).commit();
    long commitMs = iceberg.currentSnapshot().timestampMillis();
    iceberg.newAppend().commit();
    expireAllButTheNewest();
    assertThat(iceberg.snapshots()).hasSize(1);
    assertThat(ExpiredFiles.remove(table, commitMs + TTL_MS - 1).files()).isZero();
    assertThat(ExpiredFiles.remove(table, commitMs + TTL_MS + 60_000).files()).isEqualTo(1);
  }

  @Test
  void rowsOfOtherEnginesKeepTheirTimestampWhenTheirSnapshotExpires() throws Exception {
    Map<String, Object> row = new HashMap<>(LakeFixture.book(1, 0, 0, ""));
    row.keySet().removeIf(column -> column.startsWith("__"));
    Table iceberg = table.iceberg();
    iceberg.newAppend().appendFile(LakeFixture.data(iceberg, List.of(row))).commit();
    long commitMs = iceberg.currentSnapshot().timestampMillis();
    table.refresh();
    assertThat(timestampOfOnlyRow()).isEqualTo(HybridTimestamp.ofMillis(commitMs));
    iceberg.newAppend().commit();
    expireAllButTheNewest();
    expireAllButTheNewest();
    table.refresh();
    assertThat(iceberg.snapshots()).hasSize(1);
    assertThat(timestampOfOnlyRow()).isEqualTo(HybridTimestamp.ofMillis(commitMs));
  }

  private long timestampOfOnlyRow() {
    LakeFile file = table.snapshot().files().getFirst();
    return table.read(file, List.of(info.schema().primaryKey().id())).timestamps()[0];
  }

  @Test
  void whatWasCurrentWithinTheAgeCanStillBeRead() {
    commit(ago(500), ago(1), 1);
    commit(ago(400), ago(1), 2);
    long replacedMs = System.currentTimeMillis();
    long longAgo = table.iceberg().currentSnapshot().snapshotId();
    while (System.currentTimeMillis() <= replacedMs + 50) {
      Thread.onSpinWait();
    }
    commit(ago(300), ago(1), 3);
    long ageMs = System.currentTimeMillis() - replacedMs - 25;
    assertThat(
            SnapshotExpiry.expire(table.iceberg(), Duration.ofMillis(ageMs), 1, deletes)
                .snapshots())
        .as("the first alone: the second was current then")
        .isEqualTo(1);
    assertThat(table.iceberg().snapshot(longAgo)).isNotNull();
  }

  private SnapshotExpiry.Expired expireAllButTheNewest() {
    return SnapshotExpiry.expire(table.iceberg(), Duration.ofSeconds(-1), 1, deletes);
  }

  private boolean exists(String location) {
    return table.iceberg().io().newInputFile(location).exists();
  }

  @Test
  void aTaggedSnapshotStaysWithAllItsFiles() throws Exception {
    DataFile tagged = commit(ago(500), ago(TTL_MS + 1), 1);
    long snapshot = table.iceberg().currentSnapshot().snapshotId();
    table.iceberg().manageSnapshots().createTag("tidemark-kept", snapshot).commit();
    DataFile untagged = commit(ago(400), ago(TTL_MS + 1), 2);
    assertThat(ExpiredFiles.remove(table, NOW_MS).files()).isEqualTo(2);
    SnapshotExpiry.Expired expired = expireAllButTheNewest();
    assertThat(expired.snapshots()).isEqualTo(1);
    assertThat(expired.bytes()).isGreaterThanOrEqualTo(untagged.fileSizeInBytes());
    assertThat(exists(untagged.location())).isFalse();
    assertThat(exists(tagged.location())).isTrue();
    assertThat(TableFiles.of(table.iceberg()).liveDataFiles()).containsExactly(tagged.location());
    assertThat(table.snapshot(snapshot).files()).hasSize(1);
    table.iceberg().manageSnapshots().removeTag("tidemark-kept").commit();
    expireAllButTheNewest();
    assertThat(exists(tagged.location())).isFalse();
  }

  @Test
  void anIdleTableIsExpiredByItsOwnProperty() {
    commit(ago(500), ago(1), 1);
    commit(ago(400), ago(1), 2);
    assertThat(SnapshotExpiry.expire(table.iceberg(), null, null, deletes).snapshots()).isZero();
    table.iceberg().updateProperties().set("history.expire.max-snapshot-age-ms", "0").commit();
    assertThat(SnapshotExpiry.expire(table.iceberg(), null, 2, deletes).snapshots()).isZero();
    assertThat(SnapshotExpiry.expire(table.iceberg(), null, null, deletes).snapshots())
        .isEqualTo(1);
  }

  @Test
  void filesThatNothingNamesGoOnceNobodyCanNameThemAnyMore() throws Exception {
    DataFile named = commit(ago(500), ago(1), 1);
    DataFile orphan = LakeFixture.books(table.iceberg(), ago(1), 2);
    DataFile pending = LakeFixture.books(table.iceberg(), ago(1), 3);
    DataFile young = LakeFixture.books(table.iceberg(), ago(1), 4);
    long hourMs = Duration.ofHours(1).toMillis();
    // Two days after the last commit.
    long nowMs = System.currentTimeMillis() + 48 * hourMs;
    written(orphan.location(), nowMs - 40 * hourMs);
    written(pending.location(), nowMs - 30 * hourMs);
    written(named.location(), nowMs - 40 * hourMs);
    written(young.location(), nowMs - hourMs);
    Path metadata = LocalFileIO.path(table.iceberg().location()).resolve("metadata");
    Path lost = Files.writeString(metadata.resolve("snap-1-lost.avro"), "lost");
    written(lost.toString(), nowMs - 50 * hourMs);
    // A commit has been waiting for its catalog, in which nothing was committed since.
    Path waiting = Files.writeString(metadata.resolve("snap-2-waiting.avro"), "waiting");
    written(waiting.toString(), nowMs - 47 * hourMs);
    // The log was committed up to 35 hours ago: a window of 30 hours ago is still being retried.
    PendingTime time = PendingTime.of(nowMs, Duration.ofHours(24), nowMs - 35 * hourMs);
    OrphanFiles.Deleted deleted = OrphanFiles.ofTable(table.iceberg(), time);
    assertThat(deleted.files()).isEqualTo(2);
    assertThat(deleted.spared()).isEqualTo(3);
    assertThat(waiting).exists();
    assertThat(exists(orphan.location())).isFalse();
    assertThat(lost).doesNotExist();
    assertThat(exists(pending.location())).isTrue();
    assertThat(exists(young.location())).isTrue();
    assertThat(LakeFixture.ids(table.iceberg())).containsExactly(1L);
    // Its window is committed, with another file: a commit that names this one would be refused.
    OrphanFiles.ofTable(
        table.iceberg(), PendingTime.of(nowMs, Duration.ofHours(24), nowMs - 29 * hourMs));
    assertThat(exists(pending.location())).isFalse();
    commit(ago(100), ago(1), 5);
    assertThat(LakeFixture.ids(table.iceberg())).containsExactly(1L, 5L);
  }

  private static void written(String location, long ms) throws IOException {
    Files.setLastModifiedTime(LocalFileIO.path(location), FileTime.fromMillis(ms));
  }
}
