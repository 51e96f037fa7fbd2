package io.tidemark.connectors.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.log.LogEvent;
import io.tidemark.model.log.LogHeader;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import io.tidemark.stores.log.LogConfig;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LogSourceTest {
  @Test
  void more_readers_than_pchannels_are_refused_because_one_of_them_would_never_tick() {
    LogConfig log = LogConfig.of("127.0.0.1:1");
    assertThatThrownBy(
            () -> LogSource.read(StreamExecutionEnvironment.getExecutionEnvironment(), log, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2");
  }

  @Test
  void events_need_no_generic_serializer() {
    assertThat(new LogEventReader().getProducedType()).isInstanceOf(PojoTypeInfo.class);
  }

  @Test
  void a_record_is_read_with_its_place_and_a_corrupt_one_is_left_out() {
    List<LogEvent> events = new ArrayList<>();
    LogEventReader reader = new LogEventReader();
    byte[] flush = LogRecordCodec.encode(new LogRecord.Flush(77, 5, 1));
    byte[] flipped = flush.clone();
    flipped[20] ^= 1;
    reader.deserialize(
        new ConsumerRecord<>("log", 1, 41, null, flipped), new ListCollector<>(events));
    reader.deserialize(new ConsumerRecord<>("log", 1, 42, null, null), new ListCollector<>(events));
    reader.deserialize(
        new ConsumerRecord<>("log", 1, 43, null, flush), new ListCollector<>(events));
    assertThat(events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.kind()).isEqualTo(LogHeader.Kind.FLUSH);
          assertThat(event.pchannel).isEqualTo(1);
          assertThat(event.offset).isEqualTo(43);
          assertThat(event.timestamp).isEqualTo(77);
          assertThat(event.collectionId).isEqualTo(5);
        });
  }

  @Test
  void only_ticks_move_the_watermark() {
    List<Long> watermarks = new ArrayList<>();
    WatermarkOutput output =
        new WatermarkOutput() {
          @Override
          public void emitWatermark(Watermark watermark) {
            watermarks.add(watermark.getTimestamp());
          }

          @Override
          public void markIdle() {
            throw new AssertionError("a pchannel is never idle");
          }

          @Override
          public void markActive() {
            throw new AssertionError("a pchannel is never idle");
          }
        };
    WatermarkGenerator<LogEvent> ticks = TickWatermarks.strategy().createWatermarkGenerator(null);
    ticks.onEvent(event(new LogRecord.Flush(77, 5, 1)), 77, output);
    ticks.onPeriodicEmit(output);
    ticks.onEvent(event(new LogRecord.TimeTick(80)), 80, output);
    assertThat(watermarks).containsExactly(80L);
  }

  private static LogEvent event(LogRecord record) {
    return LogEvent.read(0, 0, LogRecordCodec.encode(record));
  }
}
