package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static io.tidemark.stores.lake.LakeFixture.books;
import static io.tidemark.stores.lake.LakeFixture.deletes;
import static io.tidemark.stores.lake.LakeFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.SnapshotSummary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewriteCommitterTest {
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

  private boolean rewrite(LakeSnapshot planned, DataFile... added) {
    return RewriteCommitter.commit(
        table, planned, planned.files(), List.of(added), Map.of("tidemark.job", "compact"));
  }

  @Test
  void theRowsStayAndSoDoesThePosition() throws Exception {
    long position = table.position(0);
    assertThat(rewrite(table.snapshot(), books(table.iceberg(), CREATED + 2, 1, 2, 3, 4))).isTrue();
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L, 4L);
    assertThat(table.snapshot().files()).hasSize(1);
    assertThat(table.position(0)).isEqualTo(position);
    assertThat(table.snapshot().positions()).isEqualTo(Map.of(0, position));
    assertThat(table.iceberg().currentSnapshot().operation()).isEqualTo(DataOperations.REPLACE);
    commit(List.of(books(table.iceberg(), CREATED + 3, 5)), List.of());
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void aDeleteCommittedWhileTheFilesWereWrittenAnewHitsTheNewOnes() throws Exception {
    LakeSnapshot planned = table.snapshot();
    DataFile merged = books(table.iceberg(), CREATED + 2, 1, 2, 3, 4);
    commit(
        List.of(books(table.iceberg(), CREATED + 3, 2)), List.of(deletes(table.iceberg(), 2, 3)));
    assertThat(rewrite(planned, merged)).isTrue();
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 4L);
  }

  @Test
  void aRewriteThatTookLongerThanItsSnapshotLivedIsNotInVain() throws Exception {
    commit(List.of(), List.of(deletes(table.iceberg(), 1)));
    LakeSnapshot planned = table.snapshot();
    DataFile merged = books(table.iceberg(), CREATED + 2, 2, 3, 4);
    commit(
        List.of(books(table.iceberg(), CREATED + 4, 2)), List.of(deletes(table.iceberg(), 2, 3)));
    expireAll();
    assertThat(table.iceberg().snapshot(planned.snapshotId())).isNull();
    assertThat(rewrite(planned, merged)).isTrue();
    assertThat(ids(table.iceberg())).containsExactly(2L, 4L);
  }

  @Test
  void positionsThatCameWhileItsSnapshotExpiredRefuseIt() {
    LakeSnapshot planned = table.snapshot();
    DataFile merged = books(table.iceberg(), CREATED + 2, 1, 2, 3, 4);
    BitSet dead = new BitSet();
    dead.set(0);
    LakeFile hit =
        planned.files().stream().filter(f -> f.sequenceNumber() == 1).findFirst().orElseThrow();
    table.iceberg().newRowDelta().addDeletes(DeleteRewrite.write(table, hit, dead)).commit();
    commit(List.of(books(table.iceberg(), CREATED + 3, 5)), List.of());
    expireAll();
    assertThat(rewrite(planned, merged)).isFalse();
    assertThat(LocalFileIO.path(merged.location())).doesNotExist();
    assertThat(table.snapshot().files()).hasSize(3);
  }

  @Test
  void aTableThatWasRolledBackToBeforeThePlanRefusesIt() throws Exception {
    long before = table.snapshot().snapshotId();
    commit(List.of(), List.of(deletes(table.iceberg(), 1)));
    LakeSnapshot planned = table.snapshot();
    DataFile merged = books(table.iceberg(), CREATED + 2, 2, 3, 4);
    table.iceberg().manageSnapshots().rollbackTo(before).commit();
    assertThat(rewrite(planned, merged)).isFalse();
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void whatTheCollectionNoLongerWantsIsNotCommitted() throws Exception {
    LakeSnapshot planned = table.snapshot();
    RewritePlan plan = RewritePlan.of(planned, planned.files());
    DataFile expired = books(table.iceberg(), CREATED + 1, 1, 2);
    DataFile left = books(table.iceberg(), CREATED + 2, 3, 4);
    assertThat(
            RewriteCommitter.commit(
                table, plan, List.of(left), List.of(expired), info -> false, Map.of()))
        .isFalse();
    assertThat(LocalFileIO.path(expired.location())).doesNotExist();
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L, 4L);
  }

  private void expireAll() {
    table.iceberg().expireSnapshots().expireOlderThan(Long.MAX_VALUE).commit();
    table.refresh();
  }

  @Test
  void ofTwoRewritesOfTheSameFilesOneIsRefusedAndItsFilesAreDeleted() throws Exception {
    LakeSnapshot planned = table.snapshot();
    DataFile first = books(table.iceberg(), CREATED + 2, 1, 2, 3, 4);
    DataFile second = books(table.iceberg(), CREATED + 2, 1, 2, 3, 4);
    assertThat(rewrite(planned, first)).isTrue();
    assertThat(rewrite(planned, second)).isFalse();
    assertThat(LocalFileIO.path(first.location())).exists();
    assertThat(LocalFileIO.path(second.location())).doesNotExist();
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void deletesThatNoFileIsOldEnoughForLeaveTheTable() throws Exception {
    commit(List.of(), List.of(deletes(table.iceberg(), 1, 3)));
    assertThat(table.snapshot().files()).allSatisfy(f -> assertThat(f.deletes()).hasSize(1));
    LakeSnapshot planned = table.snapshot();
    assertThat(rewrite(planned, books(table.iceberg(), CREATED + 2, 2, 4))).isTrue();
    assertThat(ids(table.iceberg())).containsExactly(2L, 4L);
    assertThat(table.snapshot().files()).allSatisfy(f -> assertThat(f.deletes()).isEmpty());
    commit(List.of(books(table.iceberg(), CREATED + 4, 9)), List.of());
    assertThat(table.iceberg().currentSnapshot().summary())
        .containsEntry(SnapshotSummary.TOTAL_DELETE_FILES_PROP, "0");
  }

  @Test
  void filesWithoutSurvivorsJustLeave() throws Exception {
    commit(List.of(), List.of(deletes(table.iceberg(), 1, 2, 3, 4)));
    assertThat(rewrite(table.snapshot())).isTrue();
    assertThat(ids(table.iceberg())).isEmpty();
    assertThat(table.snapshot().files()).isEmpty();
  }
}
