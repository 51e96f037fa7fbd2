package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static io.tidemark.stores.lake.LakeFixture.books;
import static io.tidemark.stores.lake.LakeFixture.deletes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeleteRewriteTest {
  @TempDir Path folder;
  private LakeFixture fixture;
  private LakeTable table;
  private int step;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder);
    table = fixture.create(LakeFixture.info(1, "books", LakeFixture.books(), 1));
    commit(List.of(books(table.iceberg(), CREATED + 1, 1, 2)), List.of());
    commit(List.of(books(table.iceberg(), CREATED + 2, 3, 4)), List.of());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void commit(List<DataFile> files, List<DeleteFile> deletes) {
    new LogSnapshotCommitter()
        .commit(table, 0, CREATED + step, CREATED + ++step, files, deletes, List.of());
  }

  private LakeFile file(LakeSnapshot snapshot, long sequenceNumber) {
    return snapshot.files().stream()
        .filter(file -> file.sequenceNumber() == sequenceNumber)
        .findFirst()
        .orElseThrow();
  }

  private boolean convert(LakeSnapshot planned, DeleteFile... added) {
    List<String> hit =
        planned.files().stream()
            .filter(file -> !file.deletes().isEmpty())
            .map(LakeFile::path)
            .toList();
    return DeleteRewrite.commit(
        table, planned.snapshotId(), hit, List.of(added), Map.of("tidemark.job", "compact"));
  }

  private DeleteFile positions(LakeSnapshot planned, long sequenceNumber, int... rows) {
    BitSet dead = new BitSet();
    for (int row : rows) {
      dead.set(row);
    }
    return DeleteRewrite.write(table, file(planned, sequenceNumber), dead);
  }

  private List<Long> ids() {
    table.refresh();
    List<Long> ids = new ArrayList<>();
    DeadRows deletes = new DeadRows(table);
    for (LakeFile file : table.snapshot().files()) {
      LakeRows rows = table.read(file, List.of());
      BitSet dead = deletes.of(file, rows);
      for (int row = dead.nextClearBit(0); row < file.rows(); row = dead.nextClearBit(row + 1)) {
        ids.add((Long) rows.batch().column(100).orElseThrow().value(row));
      }
    }
    ids.sort(null);
    return ids;
  }

  private String deleteFiles() {
    table.refresh();
    return table.iceberg().currentSnapshot().summary().get(SnapshotSummary.TOTAL_DELETE_FILES_PROP);
  }

  @Test
  void positionsTakeThePlaceOfKeysAndOfDeletesThatHitNothing() {
    commit(List.of(), List.of(deletes(table.iceberg(), 2, 3)));
    commit(List.of(), List.of(deletes(table.iceberg(), 77)));
    commit(List.of(), List.of(deletes(table.iceberg(), 2)));
    LakeSnapshot planned = table.snapshot();
    assertThat(convert(planned, positions(planned, 1, 1), positions(planned, 2, 0))).isTrue();
    assertThat(ids()).containsExactly(1L, 4L);
    assertThat(deleteFiles()).isEqualTo("2");
    assertThat(table.snapshot().files())
        .allSatisfy(file -> assertThat(file.deletes()).hasSize(1))
        .allSatisfy(file -> assertThat(file.deletes().getFirst().byPrimaryKey()).isFalse());
    commit(List.of(books(table.iceberg(), CREATED + 9, 2)), List.of());
    assertThat(ids()).as("a row of later").containsExactly(1L, 2L, 4L);
  }

  @Test
  void deletesOfMeanwhileStay() {
    commit(List.of(), List.of(deletes(table.iceberg(), 2)));
    LakeSnapshot planned = table.snapshot();
    DeleteFile positions = positions(planned, 1, 1);
    commit(
        List.of(books(table.iceberg(), CREATED + 5, 4, 5)), List.of(deletes(table.iceberg(), 4)));
    assertThat(convert(planned, positions)).isTrue();
    assertThat(ids()).containsExactly(1L, 3L, 4L, 5L);
  }

  @Test
  void aRewriteOfMeanwhileRefusesIt() {
    LakeSnapshot before = table.snapshot();
    commit(List.of(), List.of(deletes(table.iceberg(), 2, 3)));
    LakeSnapshot planned = table.snapshot();
    DeleteFile first = positions(planned, 1, 1);
    DeleteFile second = positions(planned, 2, 0);
    // It does not know of the delete, which is to hit its file by its number.
    assertThat(
            RewriteCommitter.commit(
                table,
                before,
                before.files(),
                List.of(books(table.iceberg(), CREATED + 2, 1, 2, 3, 4)),
                Map.of()))
        .isTrue();
    assertThat(convert(planned, first, second)).isFalse();
    assertThat(LocalFileIO.path(first.location())).doesNotExist();
    assertThat(ids()).containsExactly(1L, 4L);
  }

  @Test
  void aRewriteThatWasPlannedBeforeItIsRefused() {
    LakeSnapshot before = table.snapshot();
    DataFile merged = books(table.iceberg(), CREATED + 2, 1, 2, 3, 4);
    commit(List.of(), List.of(deletes(table.iceberg(), 2, 3)));
    LakeSnapshot planned = table.snapshot();
    assertThat(convert(planned, positions(planned, 1, 1), positions(planned, 2, 0))).isTrue();
    assertThat(RewriteCommitter.commit(table, before, before.files(), List.of(merged), Map.of()))
        .isFalse();
    assertThat(LocalFileIO.path(merged.location())).doesNotExist();
    assertThat(ids()).containsExactly(1L, 4L);
  }

  @Test
  void aPositionDeleteOfAnotherEngineThatRacesARewriteRefusesIt() {
    LakeSnapshot before = table.snapshot();
    DataFile merged = books(table.iceberg(), CREATED + 2, 1, 2, 3, 4);
    table.iceberg().newRowDelta().addDeletes(positions(before, 1, 0)).commit();
    assertThat(RewriteCommitter.commit(table, before, before.files(), List.of(merged), Map.of()))
        .isFalse();
    assertThat(ids()).containsExactly(2L, 3L, 4L);
  }

  @Test
  void rowsThatOutlivedTheirTimeLeaveByADelete() {
    LakeSnapshot planned = table.snapshot();
    assertThat(
            RewriteCommitter.commit(
                table,
                RewritePlan.of(planned, planned.files()),
                List.of(books(table.iceberg(), CREATED + 2, 3, 4)),
                List.of(books(table.iceberg(), CREATED + 1, 1, 2)),
                info -> true,
                Map.of()))
        .isTrue();
    assertThat(ids()).containsExactly(3L, 4L);
    List<String> operations = new ArrayList<>();
    for (Snapshot snapshot : table.iceberg().snapshots()) {
      operations.add(snapshot.operation());
    }
    assertThat(operations).endsWith(DataOperations.REPLACE, DataOperations.DELETE);
  }

  @Test
  void theDeadRowsOfEveryFileHaveToBeLookedFor() {
    commit(List.of(), List.of(deletes(table.iceberg(), 2)));
    LakeSnapshot planned = table.snapshot();
    assertThatThrownBy(
            () -> DeleteRewrite.commit(table, planned.snapshotId(), List.of(), List.of(), Map.of()))
        .hasMessageContaining("dead rows were not looked for");
  }
}
