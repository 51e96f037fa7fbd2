package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static io.tidemark.stores.lake.LakeFixture.books;
import static io.tidemark.stores.lake.LakeFixture.deletes;
import static io.tidemark.stores.lake.LakeFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes that are committed between a rewrite's look at the table and its commit. */
class RewriteRaceTest {
  @TempDir Path folder;
  private LakeFixture fixture;
  private LakeTable table;
  private int step;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
    table = fixture.create(LakeFixture.info(1, "books", LakeFixture.books(), 1));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void commit(List<DataFile> files, List<DeleteFile> deletes) {
    commit(table, files, deletes);
  }

  private void commit(LakeTable handle, List<DataFile> files, List<DeleteFile> deletes) {
    new LogSnapshotCommitter()
        .commit(handle, 0, CREATED + step, CREATED + ++step, files, deletes, List.of());
  }

  @Test
  void aDeleteThatIsOlderThanEveryOtherFileStillHits() throws Exception {
    commit(List.of(books(table.iceberg(), CREATED + 1, 1, 2, 3, 4)), List.of());
    LakeSnapshot planned = table.snapshot();
    DataFile rewritten = books(table.iceberg(), CREATED + 1, 1, 2, 3, 4);
    commit(List.of(), List.of(deletes(table.iceberg(), 2)));
    commit(List.of(books(table.iceberg(), CREATED + 3, 2)), List.of());
    commit(List.of(), List.of(deletes(table.iceberg(), 4)));

    assertThat(
            RewriteCommitter.commit(table, planned, planned.files(), List.of(rewritten), Map.of()))
        .isTrue();

    // The newer row of key 2 was written after the delete.
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L);
    assertThat(table.snapshot().files())
        .filteredOn(file -> file.rows() == 4)
        .singleElement()
        .satisfies(file -> assertThat(file.deletes()).hasSize(2));
    commit(List.of(books(table.iceberg(), CREATED + 5, 5)), List.of());
    assertThat(ids(table.iceberg())).containsExactly(1L, 2L, 3L, 5L);
  }

  @Test
  void withNoOtherFileLeftTheDeletesStayToo() throws Exception {
    commit(List.of(books(table.iceberg(), CREATED + 1, 1, 2, 3)), List.of());
    LakeSnapshot planned = table.snapshot();
    DataFile rewritten = books(table.iceberg(), CREATED + 1, 1, 2, 3);
    commit(List.of(), List.of(deletes(table.iceberg(), 1)));
    commit(List.of(), List.of(deletes(table.iceberg(), 3)));

    assertThat(
            RewriteCommitter.commit(table, planned, planned.files(), List.of(rewritten), Map.of()))
        .isTrue();
    assertThat(ids(table.iceberg())).containsExactly(2L);
  }

  @Test
  void randomWritesAndRewritesSideBySideComeToTheSame() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("RewriteRaceTest seed=" + seed);
    Random random = new Random(seed);
    TreeSet<Long> expected = new TreeSet<>();
    AtomicBoolean over = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    commit(List.of(books(table.iceberg(), CREATED + 1, 0)), List.of());
    expected.add(0L);
    Thread rewriter =
        Thread.ofPlatform()
            .start(() -> {
              try {
                LakeTable own = fixture.lake.table(table.info());
                while (!over.get()) {
                  own.refresh();
                  rewriteAll(own);
                }
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    for (int round = 0; round < 40; round++) {
      long key = random.nextInt(12);
      boolean writes = random.nextBoolean();
      commit(
          writes ? List.of(books(table.iceberg(), CREATED + step + 1, key)) : List.of(),
          List.of(deletes(table.iceberg(), key)));
      if (writes) {
        expected.add(key);
      } else {
        expected.remove(key);
      }
    }
    over.set(true);
    rewriter.join();
    assertThat(failures).isEmpty();
    assertThat(ids(table.iceberg())).as("seed %d", seed).containsExactlyElementsOf(expected);
  }

  /** All live rows into one file. */
  private static void rewriteAll(LakeTable own) {
    LakeSnapshot planned = own.snapshot();
    DeadRows dead = new DeadRows(own);
    List<Long> keys = new ArrayList<>();
    for (LakeFile file : planned.files()) {
      LakeRows rows = own.read(file);
      for (int row = 0; row < rows.batch().size(); row++) {
        if (!dead.of(file, rows).get(row)) {
          keys.add((Long) rows.batch().column(100).orElseThrow().value(row));
        }
      }
    }
    if (!planned.files().isEmpty()) {
      List<DataFile> added =
          keys.isEmpty()
              ? List.of()
              : List.of(
                  books(
                      own.iceberg(),
                      CREATED + 1,
                      keys.stream().mapToLong(Long::longValue).toArray()));
      boolean unused = RewriteCommitter.commit(own, planned, planned.files(), added, Map.of());
    }
  }
}
