package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static io.tidemark.stores.lake.LakeFixture.books;
import static io.tidemark.stores.lake.LakeFixture.deletes;
import static io.tidemark.stores.lake.LakeFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.LogSnapshotCommitter.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSnapshotCommitterTest {
  @TempDir Path folder;
  private LakeFixture fixture;
  private final LogSnapshotCommitter committer = new LogSnapshotCommitter();

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private LakeTable table(int shards) {
    return fixture.create(LakeFixture.info(1, "books", LakeFixture.books(), shards));
  }

  private static long at(int step) {
    return CREATED + step;
  }

  private Outcome commit(LakeTable table, int from, int to, DataFile... files) {
    return committer.commit(table, 0, at(from), at(to), List.of(files), List.of(), List.of());
  }

  private static Path local(DataFile file) {
    return LocalFileIO.path(file.location());
  }

  @Test
  void aLogSnapshotAddsRowsAndMovesThePosition() throws Exception {
    LakeTable table = table(2);
    assertThat(table.position(0)).isEqualTo(CREATED);
    assertThat(table.snapshot().snapshotId()).isEqualTo(LakeSnapshot.NONE);

    assertThat(commit(table, 0, 10, books(table.iceberg(), at(5), 1, 2)))
        .isEqualTo(Outcome.COMMITTED);

    assertThat(ids(table.iceberg())).containsExactly(1L, 2L);
    assertThat(table.position(0)).isEqualTo(at(10));
    assertThat(table.position(1)).isEqualTo(CREATED);
    assertThat(table.snapshot().positions()).isEqualTo(Map.of(0, at(10), 1, CREATED));
  }

  @Test
  void aReplayOfACommittedWindowChangesNothingAndSparesItsFiles() throws Exception {
    LakeTable table = table(1);
    DataFile file = books(table.iceberg(), at(5), 1);
    commit(table, 0, 10, file);
    DataFile again = books(table.iceberg(), at(5), 1);

    assertThat(commit(table, 0, 10, file, again)).isEqualTo(Outcome.ALREADY_THERE);

    assertThat(local(file)).exists();
    assertThat(local(again)).doesNotExist();
    assertThat(ids(table.iceberg())).containsExactly(1L);
  }

  @Test
  void aZombieThatBeganBeforeAnotherCommitIsRefused() throws Exception {
    LakeTable table = table(1);
    DataFile late = books(table.iceberg(), at(5), 1);
    // Commits between the zombie's look at the position and its own commit.
    LakeTable slow =
        new RacingTable(fixture, table.info())
            .before(() -> commit(table, 0, 10, books(table.iceberg(), at(5), 1)));

    assertThat(commit(slow, 0, 10, late)).isEqualTo(Outcome.ALREADY_THERE);

    assertThat(ids(table.iceberg())).containsExactly(1L);
    assertThat(local(late)).doesNotExist();
  }

  @Test
  void aWindowThatDoesNotBeginAtThePositionIsRefused() throws Exception {
    LakeTable table = table(1);
    commit(table, 0, 10);
    DataFile gap = books(table.iceberg(), at(15), 1);
    assertThatThrownBy(() -> commit(table, 12, 20, gap))
        .isInstanceOfSatisfying(
            PositionConflictException.class, e -> assertThat(e.position()).isEqualTo(at(10)));
    assertThatThrownBy(() -> commit(table, 5, 20)).isInstanceOf(PositionConflictException.class);
    assertThat(local(gap)).doesNotExist();
    assertThat(ids(table.iceberg())).isEmpty();
  }

  @Test
  void racingCommittersLeaveOneCopyOfEachWindow() throws Exception {
    LakeTable table = table(1);
    AtomicInteger committed = new AtomicInteger();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try (Lake lake = Lake.open(fixture.config)) {
                  LakeTable mine = lake.table(table.info());
                  for (int i = 0; i < 10; i++) {
                    try {
                      DataFile file = books(mine.iceberg(), at(i + 1), i);
                      if (commit(mine, i, i + 1, file) == Outcome.COMMITTED) {
                        committed.incrementAndGet();
                      }
                    } catch (PositionConflictException e) {
                      // The others are further: catch up.
                      i = (int) (e.position() - CREATED) - 1;
                    }
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(committed).hasValue(10);
    assertThat(ids(table.iceberg())).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    table.refresh();
    assertThat(table.position(0)).isEqualTo(at(10));
  }

  @Test
  void anotherEnginesAppendInBetweenIsKept() throws Exception {
    LakeTable table = table(1);
    LakeTable slow =
        new RacingTable(fixture, table.info())
            .before(() -> {
              Table foreign = fixture.lake.table(table.info()).iceberg();
              foreign.newAppend().appendFile(books(foreign, at(1), 7)).commit();
              return null;
            });
    assertThat(commit(slow, 0, 10, books(table.iceberg(), at(5), 1))).isEqualTo(Outcome.COMMITTED);
    assertThat(ids(table.iceberg())).containsExactly(1L, 7L);
    table.refresh();
    assertThat(table.position(0)).isEqualTo(at(10));
  }

  @Test
  void aForeignSnapshotInheritsThePosition() throws Exception {
    LakeTable table = table(1);
    commit(table, 0, 10, books(table.iceberg(), at(5), 1));
    long ours = table.iceberg().currentSnapshot().snapshotId();
    table.iceberg().newAppend().appendFile(books(table.iceberg(), at(1), 7)).commit();
    table.refresh();
    long theirs = table.iceberg().currentSnapshot().snapshotId();
    commit(table, 10, 20, books(table.iceberg(), at(15), 2));

    assertThat(table.snapshot(ours).positions()).containsEntry(0, at(10));
    assertThat(table.snapshot(theirs).positions()).containsEntry(0, at(10));
    assertThat(table.snapshot().positions()).containsEntry(0, at(20));
    assertThat(table.snapshot(theirs).files()).hasSize(2);
  }

  @Test
  void aCommitWhoseAnswerIsLostIsRecognised() throws Exception {
    LakeTable table = table(1);
    RacingTable lossy = new RacingTable(fixture, table.info());
    lossy.loseNextAnswer();
    DataFile file = books(table.iceberg(), at(5), 1);

    assertThat(commit(lossy.table(), 0, 10, file)).isEqualTo(Outcome.COMMITTED);

    assertThat(ids(table.iceberg())).containsExactly(1L);
    assertThat(local(file)).exists();
  }

  @Test
  void aCommitThatFailsBeforeTheCatalogIsTriedAgain() throws Exception {
    LakeTable table = table(1);
    RacingTable failing = new RacingTable(fixture, table.info());
    failing.failNextCommit();
    assertThat(commit(failing.table(), 0, 10, books(table.iceberg(), at(5), 1)))
        .isEqualTo(Outcome.COMMITTED);
    assertThat(ids(table.iceberg())).containsExactly(1L);
  }

  @Test
  void anEmptyWindowMovesThePosition() {
    LakeTable table = table(1);
    assertThat(commit(table, 0, 10)).isEqualTo(Outcome.COMMITTED);
    assertThat(table.position(0)).isEqualTo(at(10));
    assertThat(table.snapshot().files()).isEmpty();
  }

  @Test
  void deletesHitOnlyEarlierRows() throws Exception {
    LakeTable table = table(1);
    commit(table, 0, 10, books(table.iceberg(), at(5), 1, 2, 3));
    committer.commit(
        table,
        0,
        at(10),
        at(20),
        List.of(books(table.iceberg(), at(15), 2)),
        List.of(deletes(table.iceberg(), 2, 3)),
        List.of());
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L);
  }

  @Test
  void shardsMoveEachTheirOwnPosition() throws Exception {
    LakeTable table = table(2);
    commit(table, 0, 10, books(table.iceberg(), at(5), 1));
    assertThat(
            committer.commit(
                table,
                1,
                at(0),
                at(7),
                List.of(books(table.iceberg(), at(6), 2)),
                List.of(),
                List.of()))
        .isEqualTo(Outcome.COMMITTED);
    assertThat(table.snapshot().positions()).isEqualTo(Map.of(0, at(10), 1, at(7)));
    long last = table.snapshot().snapshotId();
    commit(table, 10, 30);
    assertThat(table.snapshot(last).positions()).isEqualTo(Map.of(0, at(10), 1, at(7)));
  }

  @Test
  void aDroppedPartitionLosesThisShardsOlderRowsOnly() throws Exception {
    LakeTable table = table(2);
    Table iceberg = table.iceberg();
    commit(
        table,
        0,
        10,
        LakeFixture.data(iceberg, List.of(LakeFixture.book(1, at(5), 0, "p1"))),
        LakeFixture.data(iceberg, List.of(LakeFixture.book(2, at(5), 0, "p2"))));
    committer.commit(
        table,
        1,
        at(0),
        at(10),
        List.of(LakeFixture.data(iceberg, List.of(LakeFixture.book(3, at(5), 1, "p1")))),
        List.of(),
        List.of());

    committer.commit(
        table,
        0,
        at(10),
        at(20),
        List.of(LakeFixture.data(iceberg, List.of(LakeFixture.book(4, at(19), 0, "p1")))),
        List.of(),
        List.of("p1"));

    assertThat(ids(iceberg)).containsExactly(2L, 3L, 4L);
    assertThat(table.position(0)).isEqualTo(at(20));
    assertThat(table.snapshot().files()).hasSize(3);
    assertThat(table.snapshot().files()).allMatch(f -> f.deletes().isEmpty());
  }

  @Test
  void aDroppedPartitionWithinAMergedFileIsDeletedByEquality() throws Exception {
    LakeTable table = table(1);
    Table iceberg = table.iceberg();
    commit(
        table,
        0,
        10,
        LakeFixture.data(
            iceberg,
            List.of(
                LakeFixture.book(1, at(5), 0, "p1"),
                LakeFixture.book(2, at(5), 0, "p2"),
                LakeFixture.book(3, at(5), 0, "p0"))));
    committer.commit(
        table,
        0,
        at(10),
        at(20),
        List.of(LakeFixture.data(iceberg, List.of(LakeFixture.book(4, at(19), 0, "p1")))),
        List.of(),
        List.of("p1", "p0"));
    assertThat(ids(iceberg)).containsExactly(2L, 4L);
    LakeFile merged =
        table.snapshot().files().stream().filter(f -> f.rows() == 3).findFirst().orElseThrow();
    assertThat(merged.deletes()).singleElement().matches(d -> !d.byPrimaryKey());
    assertThat(table.positionDeleted(merged).stream()).containsExactly(0, 2);
    assertThat(table.read(merged).partitions().value(1)).isEqualTo("p2");
  }

  @Test
  void aRenameInBetweenDoesNotStopTheCommit() throws Exception {
    LakeTable table = table(1);
    commit(table, 0, 10);
    fixture.lake.renameCollection(table.info(), "default", "novels", CREATED + 1);
    DataFile file = books(table.iceberg(), at(15), 1);
    assertThat(commit(table, 10, 20, file)).isEqualTo(Outcome.COMMITTED);
    assertThat(table.info().name()).isEqualTo("novels");
    assertThat(ids(table.iceberg())).containsExactly(1L);
  }

  @Test
  void expiryKeepsMetadataSmallAndLiveFilesAlive() throws Exception {
    LakeTable table = table(1);
    table.iceberg().updateProperties().set(TableProperties.MAX_SNAPSHOT_AGE_MS, "1").commit();
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (i % 5 != 0) {
        commit(table, i, i + 1);
        continue;
      }
      expected.add((long) i);
      expected.remove((long) i - 50);
      committer.commit(
          table,
          0,
          at(i),
          at(i + 1),
          List.of(books(table.iceberg(), at(i + 1), i)),
          i >= 50 ? List.of(deletes(table.iceberg(), i - 50)) : List.of(),
          List.of());
    }
    assertThat(ids(table.iceberg())).isEqualTo(expected);
    List<Snapshot> snapshots = new ArrayList<>();
    table.iceberg().snapshots().forEach(snapshots::add);
    assertThat(snapshots).hasSizeLessThan(25);
    try (Stream<Path> files =
        Files.list(LocalFileIO.path(table.iceberg().location() + "/metadata"))) {
      assertThat(files.count()).isLessThan(150);
    }
    assertThat(table.position(0)).isEqualTo(at(200));
    for (LakeFile file : table.snapshot().files()) {
      assertThat(LocalFileIO.path(file.path())).exists();
    }
  }

  @Test
  void theCollectionsOwnPropertiesSurviveCommits() throws Exception {
    CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    LakeTable table = fixture.create(info);
    commit(table, 0, 10, books(table.iceberg(), at(5), 1));
    fixture.lake.updateCollection(info.withName("default", "books", 123));
    commit(table, 10, 20, books(table.iceberg(), at(15), 2));
    assertThat(table.info().updatedTimestamp()).isEqualTo(123);
    assertThat(table.position(0)).isEqualTo(at(20));
  }

  @Test
  void aSchemaChangeAndALogSnapshotAtOnceBothHappen() throws Exception {
    CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    LakeTable table = fixture.create(info);
    List<FieldSchema> fields = new ArrayList<>(info.schema().fields());
    fields.add(LakeFixture.field(103, "pages", DataType.INT32));
    CollectionInfo changed =
        new CollectionInfo(
            1,
            info.database(),
            info.name(),
            new CollectionSchema("", false, 2, fields),
            info.pchannels(),
            info.consistency(),
            info.createdTimestamp(),
            7,
            info.partitions(),
            info.indexes(),
            info.properties());
    LakeTable slow =
        new RacingTable(fixture, info)
            .before(() -> commit(table, 0, 10, books(table.iceberg(), at(5), 1)));

    CollectionUpdate.apply(slow, changed);

    table.refresh();
    assertThat(table.info()).isEqualTo(changed);
    assertThat(table.position(0)).isEqualTo(at(10));
    assertThat(table.iceberg().schema().findField("pages")).isNotNull();
    assertThat(ids(table.iceberg())).containsExactly(1L);
  }
}
