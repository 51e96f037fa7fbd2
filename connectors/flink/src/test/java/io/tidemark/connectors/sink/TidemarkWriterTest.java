package io.tidemark.connectors.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.connectors.row.RowDataReader;
import io.tidemark.connectors.row.RowLayout;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.InternalSinkWriterMetricGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TidemarkWriterTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final SimulatedTask task = new SimulatedTask();
  private final RowLayout layout = layout();
  private final SimulatedServer server = new SimulatedServer(task, random, layout);

  private static RowLayout layout() {
    CollectionSchema schema =
        new CollectionSchema(
            "",
            false,
            0,
            List.of(
                field(100, "id", DataType.INT64, 0),
                field(101, "n", DataType.INT64, 0),
                field(102, "v", DataType.FLOAT_VECTOR, 2)));
    return RowLayout.of(
        schema,
        RowType.of(
            new LogicalType[] {new BigIntType(), new BigIntType()}, new String[] {"id", "n"}),
        -1);
  }

  private static FieldSchema field(int id, String name, DataType type, int dimension) {
    boolean key = name.equals("id");
    return new FieldSchema(
        id, name, type, "", key, false, !key, false, false, dimension, 0, null, Map.of());
  }

  private TidemarkWriter writer(SinkSettings settings, int shards) {
    return new TidemarkWriter(new RowDataReader(layout), shards, settings, server, task, figures());
  }

  private static SinkFigures figures() {
    return new SinkFigures(
        InternalSinkWriterMetricGroup.wrap(UnregisteredMetricsGroup.createOperatorMetricGroup()));
  }

  private static SinkSettings settings(WriteMode mode, OnBadRow onBadRow, int rows) {
    return new SinkSettings(
        mode,
        onBadRow,
        rows,
        1 << 20,
        Duration.ofMillis(100),
        4,
        Duration.ofMillis(10),
        SECOND,
        Duration.ofMinutes(1));
  }

  private static SinkSettings upserts(int rows) {
    return settings(WriteMode.UPSERT, OnBadRow.FAIL, rows);
  }

  private static GenericRowData row(RowKind kind, long id, long n) {
    return GenericRowData.ofKind(kind, id, n);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16})
  void after_a_flush_the_server_holds_what_a_replay_of_the_changes_holds(int shards)
      throws Exception {
    server.lossRate = 0.2;
    TidemarkWriter writer = writer(upserts(7), shards);
    Map<Long, Long> model = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long id = random.nextInt(50);
      if (random.nextInt(3) == 0) {
        model.remove(id);
        writer.write(row(RowKind.DELETE, id, 0), null);
      } else {
        model.put(id, (long) i);
        writer.write(row(RowKind.UPDATE_AFTER, id, i), null);
      }
      if (random.nextInt(500) == 0) {
        writer.flush(false);
        assertThat(server.rows).as("seed %d, change %d", seed, i).isEqualTo(model);
      }
    }
    writer.flush(true);
    assertThat(server.rows).as("seed %d", seed).isEqualTo(model);
  }

  @Test
  void no_more_requests_are_under_way_and_none_is_larger_than_the_settings_say() throws Exception {
    TidemarkWriter writer = writer(upserts(10), 1);
    for (long i = 0; i < 10_000; i++) {
      writer.write(row(RowKind.INSERT, i, i), null);
    }
    writer.flush(true);
    assertThat(server.underWayMax).isBetween(2, 4);
    assertThat(server.requestSizes).allMatch(size -> size <= 10);
    assertThat(server.requestSizes.size()).isLessThan(1_010);
    assertThat(server.rows).hasSize(10_000);
  }

  @Test
  void rows_that_do_not_fill_a_batch_are_sent_after_the_linger_time() throws Exception {
    TidemarkWriter writer = writer(upserts(100), 1);
    writer.write(row(RowKind.INSERT, 1, 1), null);
    task.pass(Duration.ofMillis(50));
    assertThat(server.requestSizes).isEmpty();
    task.pass(SECOND);
    assertThat(server.rows).containsEntry(1L, 1L);
  }

  @Test
  void only_the_last_change_of_a_key_in_a_batch_is_sent() throws Exception {
    TidemarkWriter writer = writer(upserts(100), 1);
    for (long n = 0; n < 50; n++) {
      writer.write(row(RowKind.UPDATE_BEFORE, 1, n - 1), null);
      writer.write(row(RowKind.UPDATE_AFTER, 1, n), null);
    }
    writer.flush(false);
    assertThat(server.requestSizes).containsExactly(1);
    assertThat(server.rows).containsExactly(Map.entry(1L, 49L));
  }

  @Test
  void inserts_are_sent_without_looking_at_keys_and_deletions_refused() throws Exception {
    TidemarkWriter writer = writer(settings(WriteMode.INSERT, OnBadRow.FAIL, 100), 1);
    writer.write(row(RowKind.INSERT, 1, 1), null);
    writer.write(row(RowKind.INSERT, 1, 2), null);
    writer.flush(false);
    assertThat(server.rowsAdded).isEqualTo(2);
    assertThatThrownBy(() -> writer.write(row(RowKind.DELETE, 1, 2), null))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContainingAll("key 1", "'sink.write-mode'='upsert'");
  }

  @Test
  void a_server_that_is_away_for_a_while_is_waited_for() throws Exception {
    TidemarkWriter writer = writer(upserts(10), 1);
    server.away = true;
    task.after(Duration.ofSeconds(30), () -> server.away = false);
    for (long i = 0; i < 1_000; i++) {
      writer.write(row(RowKind.INSERT, i, i), null);
    }
    writer.flush(false);
    assertThat(server.rows).hasSize(1_000);
  }

  @Test
  void a_server_that_stays_away_fails_the_task_with_the_limit_and_the_last_answer()
      throws Exception {
    TidemarkWriter writer = writer(upserts(10), 1);
    server.away = true;
    writer.write(row(RowKind.INSERT, 1, 1), null);
    assertThatThrownBy(() -> writer.flush(false))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContainingAll("'sink.retry.timeout'", "60 s", "away");
  }

  @Test
  void a_row_that_the_server_refuses_is_found_and_named() throws Exception {
    TidemarkWriter writer = writer(upserts(100), 1);
    for (long i = 0; i < 50; i++) {
      writer.write(row(RowKind.INSERT, i, i == 33 ? -1 : i), null);
    }
    assertThatThrownBy(() -> writer.flush(false))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContainingAll("key 33", "n is negative", "'sink.on-error'='skip'");
  }

  @Test
  void bad_rows_can_be_skipped_and_only_they_are() throws Exception {
    TidemarkWriter writer = writer(settings(WriteMode.UPSERT, OnBadRow.SKIP, 100), 2);
    server.lossRate = 0.1;
    for (long i = 0; i < 2_000; i++) {
      writer.write(row(RowKind.INSERT, i, i % 97 == 5 ? -1 : i), null);
      if (i % 300 == 0) {
        writer.write(GenericRowData.of(null, i), null);
      }
    }
    writer.flush(true);
    assertThat(server.rows).as("seed %d", seed).hasSize(2_000 - 21).doesNotContainKey(5L);
  }

  @Test
  void a_row_without_key_is_named_before_it_is_sent() {
    TidemarkWriter writer = writer(upserts(100), 1);
    assertThatThrownBy(() -> writer.write(GenericRowData.of(null, 1L), null))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContainingAll("column 'id' is null", "primary key");
    assertThat(server.requestSizes).isEmpty();
  }
}
