package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.DEFAULT;
import static io.tidemark.serving.read.ReadFixture.eventually;
import static io.tidemark.serving.read.ReadFixture.rows;
import static io.tidemark.serving.read.ReadFixture.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.travel.AsOf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Loading within a budget; a row of the fixture takes 34 bytes, its index some more. */
class LoadMemoryTest extends OverReadFixture {
  private static final int ROWS = 100;

  private static long[] keys(int from, int count) {
    return LongStream.range(from, from + count).toArray();
  }

  private static List<Object> boxed(long[] keys) {
    return new ArrayList<>(LongStream.of(keys).boxed().toList());
  }

  private static void assertRefused(ThrowingCallable load) {
    assertThatThrownBy(load)
        .isInstanceOfSatisfying(
            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
        .hasMessageContaining("collection books");
  }

  @Test
  void theNeedIsKnownAboutBeforeAnythingIsLoaded() throws Exception {
    fixture.commit(10, keys(0, 3_000));
    fixture.index();
    long needed = fixture.reads.memoryNeeded(fixture.info, Set.of());
    fixture.load();
    long taken = fixture.reads.metrics().loadedBytes();
    assertThat(needed).isBetween((long) (0.8 * taken), (long) (1.5 * taken));
    fixture.reads.release(fixture.info.id());
    assertThat(fixture.reads.metrics().loadedBytes()).isZero();
  }

  @Test
  void whatIsLoadedNeedsNothingMoreNotEvenForTheCodesOfItsGraphs() throws Exception {
    fixture.commit(10, keys(0, 3_000));
    fixture.index();
    fixture.load();
    FieldSchema vector = fixture.info.schema().field(ReadFixture.VECTOR).orElseThrow();
    assertThat(IndexFamilies.of(IndexType.HNSW).openBytes(vector, 3_000)).isPositive();
    assertThat(fixture.reads.memoryNeeded(fixture.info, Set.of())).isZero();
    fixture.commit(20, keys(3_000, 10));
    assertThat(fixture.reads.memoryNeeded(fixture.info, Set.of()))
        .as("that of the new rows alone")
        .isBetween(0L, 10L * 100);
  }

  @Test
  void aLoadBeyondTheBudgetIsRefusedAndOneThatFitsIsNot() throws Exception {
    fixture.commit(10, keys(0, ROWS));
    fixture.restart(1_000);
    assertRefused(() -> fixture.reads.checkMemory(fixture.info, Set.of()));
    // Wished for before the restart: it is not served, says why, and goes on trying.
    var loading = fixture.reads.load(fixture.info, Set.of());
    eventually(() -> fixture.reads.status(7).orElseThrow().error() != null);
    assertThat(fixture.reads.status(7).orElseThrow().error()).contains("memory limit exceeded");
    assertThat(loading).isNotDone();
    assertThat(fixture.reads.metrics().loadedBytes()).isZero();

    fixture.restart(34 * ROWS);
    fixture.reads.checkMemory(fixture.info, Set.of());
    fixture.load();
    assertThat(fixture.keys()).isEqualTo(boxed(keys(0, ROWS)));
    fixture.reads.checkMemory(fixture.info, Set.of());
  }

  @Test
  void rowsThatNoLongerFitStayInTheTailAndAreRead() throws Exception {
    fixture.commit(10, keys(0, ROWS));
    fixture.restart(34 * ROWS);
    fixture.load();
    fixture.insert(20, 0, DEFAULT, false, rows(keys(ROWS, ROWS)));
    fixture.commit(20, keys(ROWS, ROWS));
    eventually(() -> fixture.reads.status(7).orElseThrow().error() != null);
    assertThat(fixture.reads.status(7).orElseThrow().error()).contains("memory limit exceeded");
    assertThat(fixture.keys()).isEqualTo(boxed(keys(0, 2 * ROWS)));
    assertThat(fixture.search(ROWS + 7, 1)).containsExactly((long) ROWS + 7);

    fixture.restart(2 * 34 * ROWS);
    fixture.load();
    assertThat(fixture.keys()).isEqualTo(boxed(keys(0, 2 * ROWS)));
  }

  @Test
  void whatDoesNotFitBesideTheOldTakesItsPlace() throws Exception {
    Table table = fixture.table().iceberg();
    DataFile old = fixture.data(table, 10, 0, DEFAULT, keys(0, ROWS));
    fixture.commit(0, 10, List.of(old), List.of());
    fixture.restart(34 * ROWS + 1_000);
    fixture.load();
    List<Object> all = boxed(keys(0, ROWS));
    Set<Path> oldColumns = columns();

    table.refresh();
    table
        .newRewrite()
        .validateFromSnapshot(table.currentSnapshot().snapshotId())
        .deleteFile(old)
        .addFile(fixture.data(table, 10, 0, DEFAULT, keys(0, ROWS)))
        .commit();

    // Meanwhile reads see every row, or are told to come again.
    eventually(() -> {
      try {
        assertThat(fixture.keys()).isEqualTo(all);
      } catch (TidemarkException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_NOT_READY);
      }
      return columns().size() == 1 && !columns().equals(oldColumns);
    });
    assertThat(fixture.keys()).isEqualTo(all);
    assertThat(fixture.reads.metrics().loadedBytes()).isBetween(1L, 34L * ROWS + 1_000);
  }

  /** Cached columns: a file for each data file that is loaded, once loading has ended. */
  private Set<Path> columns() {
    try (Stream<Path> files = Files.list(folder.resolve("cache/7"))) {
      return files.collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aViewOfThePastThatDoesNotFitIsRefused() throws Exception {
    fixture.commit(10, keys(0, ROWS));
    AsOf then = new AsOf.Time(ts(10));
    fixture.restart(1_000);
    assertRefused(() -> fixture.reads.search(fixture.nearest(3, 1, "", 1), then));
    assertThat(fixture.reads.metrics().loadedBytes()).isZero();
    fixture.restart(34 * ROWS);
    assertThat(fixture.reads.search(fixture.nearest(3, 1, "", 1), then).counts())
        .containsExactly(1);
    assertThat(fixture.reads.metrics().loadedBytes()).isPositive();
    fixture.reads.release(fixture.info.id());
    assertThat(fixture.reads.metrics().loadedBytes()).isZero();
  }
}
