package io.tidemark.operators.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.log.LogEvent;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import io.tidemark.model.log.PositionLookup;
import io.tidemark.model.log.WindowedLog;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.time.HybridTimestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowLogTest {
  private static final long BOOKS = 5;
  private static final long SONGS = 6;
  private static final WindowLimits LIMITS = new WindowLimits(Duration.ofSeconds(10), 10_000, 100);

  /** Stands for the tables; static, because the operator gets a serialized copy of its opener. */
  private static final Map<Long, PositionLookup.Standing> TABLES = new ConcurrentHashMap<>();

  private KeyedOneInputStreamOperatorTestHarness<VChannel, LogEvent, WindowedLog> harness;

  private static final class Tables implements PositionLookup {
    @Override
    public Standing of(long collectionId, int shard) {
      return TABLES.get(collectionId);
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  @BeforeEach
  void start() throws Exception {
    TABLES.put(BOOKS, new PositionLookup.Standing.Known(at(1)));
    TABLES.put(SONGS, new PositionLookup.Standing.Known(at(1)));
    harness = harness(null);
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<VChannel, LogEvent, WindowedLog> harness(
      OperatorSubtaskState restored) throws Exception {
    WindowLog operator = new WindowLog(LIMITS, resumed -> new Tables(), 1000);
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator, VChannel::of, TypeInformation.of(VChannel.class));
    harness.setup();
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }

  @Test
  void a_window_ends_at_its_aligned_end_once_the_ticks_have_passed_it() throws Exception {
    insert(BOOKS, at(12));
    insert(BOOKS, at(15));
    tick(at(19));
    assertThat(windows()).isEmpty();
    tick(at(20));
    assertThat(windows()).containsExactly("5 (1, 20] x2");
    insert(BOOKS, at(21));
    tick(at(31));
    assertThat(windows()).containsExactly("5 (20, 30] x1");
  }

  @Test
  void a_record_of_its_own_vchannel_beyond_the_end_closes_a_window_before_the_ticks_do()
      throws Exception {
    insert(BOOKS, at(12));
    insert(BOOKS, at(20));
    insert(BOOKS, at(25));
    assertThat(windows()).containsExactly("5 (1, 20] x2");
    tick(at(30));
    assertThat(windows()).containsExactly("5 (20, 30] x1");
  }

  @Test
  void a_flush_closes_the_window_at_once_and_moves_the_position_even_if_nothing_is_buffered()
      throws Exception {
    insert(BOOKS, at(12));
    send(new LogRecord.Flush(at(13), BOOKS, 0));
    assertThat(windows()).containsExactly("5 (1, 13] x1");
    send(new LogRecord.Flush(at(14), BOOKS, 0));
    assertThat(windows()).containsExactly("5 (13, 14] x0");
    insert(BOOKS, at(15));
    tick(at(20));
    assertThat(windows()).containsExactly("5 (14, 20] x1");
  }

  @Test
  void a_window_that_is_large_enough_ends_with_the_record_that_made_it_so() throws Exception {
    insert(BOOKS, at(12), 60);
    insert(BOOKS, at(13), 60);
    insert(BOOKS, at(14), 60);
    assertThat(windows()).containsExactly("5 (1, 13] x2");
    tick(at(20));
    assertThat(windows()).containsExactly("5 (13, 20] x1");
  }

  @Test
  void collections_and_shards_have_windows_of_their_own() throws Exception {
    insert(BOOKS, at(12));
    insert(SONGS, at(13));
    send(new LogRecord.Flush(at(14), SONGS, 0));
    assertThat(windows()).containsExactly("6 (1, 14] x1");
    tick(at(20));
    assertThat(windows()).containsExactly("5 (1, 20] x1");
  }

  @Test
  void a_record_that_a_tick_had_ruled_out_fails_the_task() throws Exception {
    insert(BOOKS, at(12));
    tick(at(14));
    assertThatThrownBy(() -> insert(BOOKS, at(14)))
        .hasMessageContaining("tick promise broken")
        .hasMessageContaining("offset 7");
  }

  @Test
  void records_that_the_table_holds_are_skipped() throws Exception {
    TABLES.put(BOOKS, new PositionLookup.Standing.Known(at(13)));
    insert(BOOKS, at(12));
    insert(BOOKS, at(13));
    insert(BOOKS, at(14));
    tick(at(20));
    assertThat(windows()).containsExactly("5 (13, 20] x1");
  }

  @Test
  void restored_state_forgets_what_was_committed_meanwhile() throws Exception {
    insert(BOOKS, at(12));
    insert(BOOKS, at(15));
    insert(SONGS, at(16));
    restart();
    TABLES.put(BOOKS, new PositionLookup.Standing.Known(at(13)));
    TABLES.put(SONGS, new PositionLookup.Standing.Known(at(18)));
    tick(at(20));
    assertThat(windows()).containsExactly("5 (13, 20] x1");
  }

  @Test
  void state_ahead_of_a_table_that_was_rolled_back_fails_the_task_and_says_what_to_do()
      throws Exception {
    insert(BOOKS, at(12));
    tick(at(20));
    restart();
    assertThatThrownBy(() -> insert(BOOKS, at(22)))
        .hasMessageContaining("Start the job without a checkpoint");
  }

  @Test
  void what_was_skipped_while_set_aside_is_not_lost_silently_after_the_repair() throws Exception {
    TABLES.put(BOOKS, new PositionLookup.Standing.SetAside(at(1), "no such column"));
    insert(BOOKS, at(12));
    tick(at(20));
    assertThat(windows()).isEmpty();
    TABLES.put(BOOKS, new PositionLookup.Standing.Known(at(1)));
    restart();
    assertThatThrownBy(() -> insert(BOOKS, at(22)))
        .hasMessageContaining("Start the job without a checkpoint");
  }

  @Test
  void a_dropped_collection_is_ended_and_its_later_records_are_skipped() throws Exception {
    insert(BOOKS, at(12));
    send(new LogRecord.DropCollection(at(13), BOOKS, 0));
    insert(BOOKS, at(14));
    tick(at(20));
    assertThat(windows()).containsExactly("5 (1, 13] dropped");
    TABLES.put(SONGS, new PositionLookup.Standing.Dropped());
    insert(SONGS, at(21));
    tick(at(30));
    assertThat(windows()).isEmpty();
  }

  @Test
  void progress_stays_below_the_first_record_of_an_open_window_also_after_a_restart()
      throws Exception {
    tick(at(11));
    assertThat(progress()).containsExactly(at(11));
    insert(BOOKS, at(12));
    later();
    tick(at(13));
    assertThat(progress()).containsExactly(at(12) - 1);
    restart();
    later();
    tick(at(14));
    assertThat(progress()).containsExactly(at(12) - 1);
    later();
    tick(at(21));
    assertThat(outputs()).extracting(o -> o.window != null).containsExactly(true, false);
  }

  @Test
  void progress_is_told_at_most_once_a_second_but_at_once_after_a_flush() throws Exception {
    tick(at(11));
    assertThat(progress()).hasSize(1);
    tick(at(12));
    assertThat(progress()).isEmpty();
    insert(BOOKS, at(13));
    send(new LogRecord.Flush(at(14), BOOKS, 0));
    tick(at(15));
    assertThat(progress()).containsExactly(at(15));
  }

  private void restart() throws Exception {
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    harness = harness(state);
  }

  private void later() throws Exception {
    harness.setProcessingTime(harness.getProcessingTime() + 5000);
  }

  private static long at(long seconds) {
    return HybridTimestamp.ofMillis(seconds * 1000);
  }

  private void insert(long collection, long timestamp) throws Exception {
    insert(collection, timestamp, 1);
  }

  private void insert(long collection, long timestamp, int keys) throws Exception {
    ColumnBuilder builder = new ColumnBuilder(DataType.INT64, 0);
    for (long key = 0; key < keys; key++) {
      builder.append(key);
    }
    send(new LogRecord.Delete(timestamp, collection, 0, "", builder.build()));
  }

  private void send(LogRecord record) throws Exception {
    harness.processElement(LogEvent.read(0, 7, LogRecordCodec.encode(record)), record.timestamp());
  }

  private void tick(long timestamp) throws Exception {
    harness.processWatermark(new Watermark(timestamp));
  }

  private List<WindowedLog> outputs() {
    List<WindowedLog> values = new ArrayList<>(harness.extractOutputValues());
    harness.getOutput().clear();
    return values;
  }

  private List<Long> progress() {
    return outputs().stream()
        .filter(o -> o.progress != null)
        .map(o -> o.progress.timestamp())
        .toList();
  }

  private List<String> windows() {
    return outputs().stream()
        .filter(o -> o.window != null)
        .map(o -> o.window)
        .map(w ->
            w.collectionId
                + " ("
                + seconds(w.from)
                + ", "
                + seconds(w.to)
                + "] "
                + (w.dropped ? "dropped" : "x" + w.records.size()))
        .collect(Collectors.toList());
  }

  private static long seconds(long timestamp) {
    return HybridTimestamp.physicalMs(timestamp) / 1000;
  }
}
