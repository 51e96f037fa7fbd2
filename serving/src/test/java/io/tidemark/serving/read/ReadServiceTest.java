package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.DEFAULT;
import static io.tidemark.serving.read.ReadFixture.ID;
import static io.tidemark.serving.read.ReadFixture.TITLE;
import static io.tidemark.serving.read.ReadFixture.eventually;
import static io.tidemark.serving.read.ReadFixture.moved;
import static io.tidemark.serving.read.ReadFixture.rows;
import static io.tidemark.serving.read.ReadFixture.ts;
import static io.tidemark.serving.read.ReadFixture.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.segment.Fusion;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.record.RecordFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;

class ReadServiceTest extends OverReadFixture {
  @Test
  void answersFromTableAndLogTogether() throws Exception {
    fixture.commit(10, 1, 2, 3);
    fixture.insert(20, 0, DEFAULT, false, rows(4, 5));
    fixture.load();
    fixture.insert(30, 0, "a", false, rows(6));

    assertThat(fixture.keys()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    SearchAnswer answer = fixture.reads.search(fixture.nearest(3.4f, 3, "", 1));
    assertThat(valuesOf(answer.keys())).containsExactly(3L, 4L, 2L);
    assertThat(answer.counts()).containsExactly(3);
    assertThat(answer.scores()[0]).isEqualTo(0.16f, org.assertj.core.api.Assertions.within(1e-4f));
    assertThat(valuesOf(answer.outputs().column(TITLE).orElseThrow()))
        .containsExactly("t 3", "t 4", "t 2");
    assertThat(fixture.reads.rowCount(fixture.info, Set.of())).isEqualTo(6);
    assertThat(fixture.reads.rowCount(fixture.info, Set.of("a"))).isEqualTo(1);
    assertThat(fixture.reads.pressure()).isBetween(0.0, 1.0);
    assertThat(fixture.reads.status(7).orElseThrow())
        .isEqualTo(new LoadStatus(7, true, 100, Set.of(), null));
  }

  @Test
  void searchesOfOneRequestSeeOneViewAndTheirHitsAreFused() throws Exception {
    fixture.commit(10, 1, 2, 3);
    fixture.insert(20, 0, DEFAULT, false, rows(4, 5));
    fixture.load();
    fixture.insert(30, 0, "a", true, moved(2, 9, "moved"));

    long searched = fixture.reads.metrics().searches();
    // Near 4: 4, 3, 5; near 9: 2, where it was moved to, 5, 4.
    SearchAnswer all = fixture.reads.search(fixture.nearest(3, false, 4, 9));
    assertThat(valuesOf(all.keys())).containsExactly(4L, 5L, 2L);
    assertThat(valuesOf(all.outputs().column(TITLE).orElseThrow()))
        .containsExactly("t 4", "t 5", "moved");
    assertThat(all.counts()).containsExactly(3);
    assertThat(all.scores()[0])
        .isEqualTo((float) (1 / 61d + 1 / 63d), org.assertj.core.api.Assertions.within(1e-7f));
    assertThat(fixture.reads.metrics().searches()).isEqualTo(searched + 1);

    // The first without what is growing: 3, 1.
    SearchAnswer some = fixture.reads.search(fixture.nearest(3, true, 4, 9));
    assertThat(valuesOf(some.keys())).containsExactly(2L, 3L, 1L);
    assertThat(valuesOf(some.outputs().column(TITLE).orElseThrow()))
        .containsExactly("moved", "t 3", "t 1");

    HybridCommand told =
        new HybridCommand(
            fixture.nearest(3, false, 4, 9).searches().stream()
                .map(search -> search.with(true, true))
                .toList(),
            new Fusion.ReciprocalRank(1),
            1,
            2,
            List.of());
    SearchAnswer third = fixture.reads.search(told);
    assertThat(valuesOf(third.keys())).containsExactly(2L);
    assertThat(third.explanation()).isEmpty();
    assertThat(fixture.reads.explained()).as("each search on its own").hasSize(2);
  }

  @Test
  void showsDeletesAndUpsertsOfTheLogAtOnceAndEachKeyOnce() throws Exception {
    fixture.commit(10, 1, 2, 3);
    fixture.load();
    fixture.insert(20, 0, "a", true, moved(2, 100, "moved"));
    fixture.delete(30, 0, 3);
    assertThat(fixture.keys()).containsExactly(1L, 2L);
    assertThat(fixture.search(100, 1)).containsExactly(2L);
    assertThat(valuesOf(fixture.query("id == 2", -1, 0, false).rows().column(TITLE).orElseThrow()))
        .containsExactly("moved");
    // A plain insert of a known key: the newer row is shown, both count.
    fixture.insert(40, 0, DEFAULT, false, moved(1, 50, "again"));
    assertThat(fixture.keys()).containsExactly(1L, 2L);
    assertThat(valuesOf(fixture.query("id in [1]", 1, 0, false).rows().column(TITLE).orElseThrow()))
        .containsExactly("again");
    assertThat(fixture.search(1, 5)).containsExactly(1L, 2L);
    assertThat(fixture.query("", -1, 0, true).count()).isEqualTo(3);
  }

  @Test
  void movesRowsFromLogToTableWithoutLosingOrDoublingOne() throws Exception {
    fixture.commit(10, 1, 2, 3);
    fixture.load();
    fixture.insert(20, 0, DEFAULT, false, rows(4, 5));
    fixture.insert(30, 0, DEFAULT, true, moved(1, 10, "moved"));
    fixture.delete(40, 0, 2);
    fixture.insert(50, 0, DEFAULT, false, rows(6));
    List<Object> before = fixture.keys();
    assertThat(before).containsExactly(1L, 3L, 4L, 5L, 6L);
    long growing = fixture.reads.metrics().growingBytes();

    Table table = fixture.table().iceberg();
    List<org.apache.iceberg.data.Record> upserted =
        List.of(ReadFixture.record(table.schema(), 1, 10, "moved", ts(30), 0, DEFAULT));
    fixture.commit(
        0,
        45,
        List.of(fixture.data(table, 20, 0, DEFAULT, 4, 5), RecordFiles.writeData(table, upserted)),
        List.of(fixture.deletes(table, 1, 2)));
    while (fixture.reads.metrics().growingBytes() >= growing) {
      assertThat(fixture.keys()).isEqualTo(before);
      assertThat(fixture.query("", -1, 0, true).count()).isEqualTo(5);
    }
    assertThat(fixture.keys()).isEqualTo(before);
    assertThat(fixture.search(10, 1)).containsExactly(1L);
    fixture.restart();
    fixture.load();
    assertThat(fixture.keys()).isEqualTo(before);
  }

  @Test
  void searchesThroughAnIndexAndExactlyWhenItIsDamaged() throws Exception {
    long[] many = LongStream.range(0, 1500).toArray();
    fixture.commit(10, many);
    fixture.commit(20, LongStream.range(1500, 2000).toArray());
    assertThat(fixture.reads.indexProgress(fixture.info, ReadFixture.VECTOR))
        .isEqualTo(new IndexProgress(2000, 0));
    fixture.load();
    assertThat(fixture.reads.metrics().sealedSegments()).isEqualTo(2);

    Path file = fixture.index();
    eventually(() -> fixture.reads.metrics().sealedSegments() == 1);
    assertThat(fixture.reads.indexProgress(fixture.info, ReadFixture.VECTOR))
        .isEqualTo(new IndexProgress(2000, 2000));
    fixture.delete(30, 0, 1600);
    assertThat(fixture.search(1600, 3)).containsExactly(1599L, 1601L, 1598L);
    SearchAnswer answer = fixture.reads.search(fixture.nearest(1600, 2, "title like \"t 17%\"", 1));
    assertThat(valuesOf(answer.outputs().column(TITLE).orElseThrow()))
        .containsExactly("t 1700", "t 1701");
    assertThat(fixture.query("id >= 1498", 3, 1, false).rows().column(ID).orElseThrow())
        .satisfies(ids -> assertThat(valuesOf(ids)).containsExactly(1499L, 1500L, 1501L));
    assertThat(fixture.reads.metrics().indexFailures()).isZero();

    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    fixture.restart();
    fixture.load();
    assertThat(fixture.reads.metrics().indexFailures()).isEqualTo(1);
    assertThat(fixture.search(1600, 3)).containsExactly(1599L, 1601L, 1598L);
  }

  @Test
  void ignoresAnIndexWhoseSourcesAreNotAllLive() throws Exception {
    fixture.commit(10, LongStream.range(0, 1100).toArray());
    fixture.commit(20, LongStream.range(1100, 1200).toArray());
    var unused = fixture.index();
    fixture.load();
    assertThat(fixture.reads.metrics().sealedSegments()).isEqualTo(1);
    Table table = fixture.table().iceberg();
    List<String> paths = new ArrayList<>();
    fixture.table().snapshot().files().stream()
        .filter(file -> file.rows() == 100)
        .forEach(file -> paths.add(file.path()));
    table.newDelete().deleteFile(paths.getFirst()).commit();
    eventually(() -> fixture.query("", -1, 0, true).count() == 1100);
    assertThat(fixture.search(1150, 1)).containsExactly(1099L);
    assertThat(fixture.reads.indexProgress(fixture.info, ReadFixture.VECTOR).pendingRows())
        .isEqualTo(1100);
  }

  @Test
  void findsRowsOfOtherEnginesAndLetsLaterDeletesHitThem() throws Exception {
    fixture.load();
    Table table = fixture.table().iceberg();
    List<org.apache.iceberg.data.Record> foreign = new ArrayList<>();
    for (long key : new long[] {1, 2, 3}) {
      foreign.add(ReadFixture.record(table.schema(), key, key, "t", null, 0, ""));
    }
    foreign.getLast().setField("vec", List.of(1f, 2f, 3f));
    table.newAppend().appendFile(RecordFiles.writeData(table, foreign)).commit();
    eventually(() -> fixture.keys().equals(List.of(1L, 2L)));
    assertThat(fixture.reads.metrics().rejectedRows()).isEqualTo(1);
    assertThat(valuesOf(fixture.query("", -1, 0, false, DEFAULT).rows().column(ID).orElseThrow()))
        .containsExactly(1L, 2L);
    long now = io.tidemark.model.time.HybridTimestamp.ofMillis(System.currentTimeMillis() + 5_000);
    fixture.delete(now - ReadFixture.CREATED, 0, 1);
    assertThat(fixture.keys()).containsExactly(2L);
  }

  @Test
  void refusesReadsOfWhatIsNotLoaded() throws Exception {
    assertThatThrownBy(() -> fixture.search(1, 1))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_NOT_LOADED));
    fixture.commit(10, 1, 2);
    Table table = fixture.table().iceberg();
    fixture.commit(0, 20, List.of(fixture.data(table, 20, 0, "a", 3)), List.of());
    fixture.load("a");
    assertThat(fixture.keys()).containsExactly(3L);
    assertThatThrownBy(() -> fixture.query("", -1, 0, true, DEFAULT))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PARTITION_NOT_FULLY_LOADED));
    fixture.insert(30, 0, DEFAULT, false, rows(4));
    assertThat(fixture.keys()).containsExactly(3L);
    fixture.load(DEFAULT);
    assertThat(fixture.keys()).containsExactly(1L, 2L, 3L, 4L);
    fixture.reads.release(fixture.info, Set.of("a"));
    eventually(() -> fixture.keys().equals(List.of(1L, 2L, 4L)));
    fixture.reads.release(fixture.info, Set.of(DEFAULT));
    assertThat(fixture.reads.status(7)).isEmpty();
    eventually(() -> fixture.log.subscriptions() == 0);
  }

  @Test
  void waitsForTheGuaranteeAndSaysSoWhenItIsNotReached() throws Exception {
    fixture.load();
    fixture.insert(10, 0, DEFAULT, false, rows(1));
    SearchAnswer answer = fixture.reads.search(fixture.nearest(1, 1, "", ts(50)));
    assertThat(answer.readTimestamp()).isGreaterThanOrEqualTo(ts(50));
    fixture.log.away(true);
    SearchCommand command = fixture.nearest(1, 1, "", ts(60));
    SearchCommand brief =
        new SearchCommand(
            command.collection(),
            command.fieldId(),
            command.metric(),
            command.queries(),
            1,
            0,
            command.parameters(),
            command.filter(),
            Set.of(),
            List.of(),
            ts(60),
            false,
            Duration.ofMillis(50),
            false,
            false);
    assertThatThrownBy(() -> fixture.reads.search(brief))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_NOT_READY);
              assertThat(e.code().retriable()).isTrue();
              assertThat(e).hasMessageContaining(Long.toString(ts(60)));
            });
    assertThat(fixture.search(1, 1)).containsExactly(1L);
  }

  @Test
  void beginsAfterTheGlobalPositionWhenThatIsLater() throws Exception {
    fixture.commit(10, 1);
    // Committed elsewhere as nothing: to be skipped for good.
    fixture.insert(20, 0, DEFAULT, false, rows(2));
    fixture.insert(40, 0, DEFAULT, false, rows(3));
    fixture.control.put(ControlKeys.POSITION + 0, Long.toString(ts(30)));
    fixture.load();
    assertThat(fixture.keys()).containsExactly(1L, 3L);
  }

  @Test
  void showsWhatATableThatIsSetAsideCouldNotTake() throws Exception {
    fixture.commit(10, 1);
    fixture.insert(20, 0, DEFAULT, false, rows(2));
    fixture.control.put(ControlKeys.ASIDE + "7/0", "");
    fixture.control.put(ControlKeys.POSITION + 0, Long.toString(ts(30)));
    fixture.load();
    assertThat(fixture.keys()).containsExactly(1L, 2L);
  }

  @Test
  void findsAPartitionsRowsInAFileThatHoldsSeveral() throws Exception {
    Table table = fixture.table().iceberg();
    List<org.apache.iceberg.data.Record> merged = new ArrayList<>();
    for (long key : new long[] {1, 2, 3}) {
      String partition = key == 2 ? "a" : DEFAULT;
      merged.add(ReadFixture.record(table.schema(), key, key, "t", ts(5), 0, partition));
    }
    table.newAppend().appendFile(RecordFiles.writeData(table, merged)).commit();
    fixture.reads.load(fixture.info, Set.of("a")).get();
    assertThat(fixture.keys()).containsExactly(2L);
  }

  @Test
  void beginsAnewWhenTheLogFails() throws Exception {
    fixture.commit(10, 1);
    fixture.load();
    fixture.insert(20, 0, DEFAULT, false, rows(2));
    fixture.log.fail(new IllegalStateException("trimmed"));
    eventually(() -> fixture.log.subscriptions() == 1);
    fixture.insert(30, 0, DEFAULT, true, rows(3));
    eventually(() -> fixture.keys().equals(List.of(1L, 2L, 3L)));
    assertThat(fixture.reads.search(fixture.nearest(3, 1, "", ts(40))).counts()).containsExactly(1);
  }

  @Test
  void letsGoOfACollectionThatIsDropped() throws Exception {
    fixture.commit(10, 1);
    fixture.load();
    fixture.log.append(0, new LogRecord.DropCollection(ts(20), 7, 0));
    eventually(() -> fixture.reads.status(7).isEmpty());
    eventually(() -> fixture.log.subscriptions() == 0);
  }

  @Test
  void fillsInTheDefaultOfAFieldThatWasAddedLater() throws Exception {
    fixture.commit(10, 1);
    fixture.load();
    fixture.insert(20, 0, DEFAULT, false, rows(2));
    List<FieldSchema> fields = new ArrayList<>(fixture.info.schema().fields());
    fields.add(ReadFixture.field(103, "stock", DataType.INT32, false, 9L));
    fixture.info =
        new io.tidemark.model.collection.CollectionInfo(
            7,
            fixture.info.database(),
            fixture.info.name(),
            new CollectionSchema("", false, 2, fields),
            fixture.info.pchannels(),
            fixture.info.consistency(),
            fixture.info.createdTimestamp(),
            ts(25),
            fixture.info.partitions(),
            fixture.info.indexes(),
            fixture.info.properties());
    fixture.lake.updateCollection(fixture.info);
    fixture.reads.changed(fixture.info);
    QueryAnswer answer =
        fixture.reads.query(
            new QueryCommand(
                fixture.info,
                fixture.filter("stock == 9"),
                Set.of(),
                List.of(103),
                10,
                0,
                false,
                1,
                false,
                Duration.ofSeconds(1)));
    assertThat(valuesOf(answer.rows().column(103).orElseThrow())).containsExactly(9L, 9L);
  }

  @Test
  void showsWhyACollectionDoesNotLoadAndGoesOnTrying() throws Exception {
    fixture.commit(10, 1);
    Path data;
    try (var files = Files.walk(folder.resolve("warehouse/tables/default"))) {
      data =
          files.filter(file -> file.toString().endsWith("data.parquet")).findFirst().orElseThrow();
    }
    Path aside = folder.resolve("aside");
    Files.move(data, aside);
    var loading = fixture.reads.load(fixture.info, Set.of());
    eventually(() -> fixture.reads.status(7).orElseThrow().error() != null);
    assertThat(fixture.reads.status(7).orElseThrow().loaded()).isFalse();
    Files.move(aside, data);
    loading.get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(fixture.keys()).containsExactly(1L);
    assertThat(fixture.reads.status(7).orElseThrow().error()).isNull();
  }

  @Test
  void growingRowsThatAreSearchedOftenGetAnIndex() throws Exception {
    fixture.load();
    fixture.insert(10, 0, DEFAULT, false, rows(LongStream.range(0, 5_000).toArray()));
    long scored = fixture.reads.metrics().scoredRows();
    fixture.search(2_000, 3);
    assertThat(fixture.reads.metrics().scoredRows() - scored).isGreaterThanOrEqualTo(5_000);
    eventually(() -> {
      long before = fixture.reads.metrics().scoredRows();
      List<Object> found = fixture.search(2_000, 3);
      assertThat(found).startsWith(2_000L).contains(1_999L, 2_001L);
      return fixture.reads.metrics().scoredRows() - before < 5_000;
    });
    fixture.delete(20, 0, 2_000);
    assertThat(fixture.search(2_000, 2)).containsExactlyInAnyOrder(1_999L, 2_001L);
  }

  @Test
  void aQueryMayLeaveOutWhatIsNotCommitted() throws Exception {
    fixture.commit(10, 1, 2);
    fixture.load();
    fixture.insert(20, 0, DEFAULT, false, rows(2, 3));
    assertThat(fixture.keys()).containsExactly(1L, 2L, 3L);
    QueryAnswer answer = fixture.reads.query(fixture.everyKey(true));
    assertThat(valuesOf(answer.rows().column(ReadFixture.ID).orElseThrow()))
        .containsExactly(1L, 2L);
  }
}
