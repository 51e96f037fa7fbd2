package io.tidemark.connectors.log;

import io.tidemark.model.log.LogEvent;
import io.tidemark.model.log.LogHeader;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Event time is the records' hybrid timestamp, and a TimeTick is a watermark: it promises what
 * Flink's watermark means. One generator runs per log partition. Nothing is emitted by the clock,
 * and there is no idleness: a partition that does not tick might still hold older records, so
 * everything waits for it.
 */
public final class TickWatermarks implements WatermarkGenerator<LogEvent> {
  private TickWatermarks() {}

  public static WatermarkStrategy<LogEvent> strategy() {
    return WatermarkStrategy.<LogEvent>forGenerator(context -> new TickWatermarks())
        .withTimestampAssigner((event, kafkaTimestamp) -> event.timestamp);
  }

  @Override
  public void onEvent(LogEvent event, long timestamp, WatermarkOutput output) {
    if (event.kind() == LogHeader.Kind.TIME_TICK) {
      output.emitWatermark(new Watermark(timestamp));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    // Only ticks promise anything.
  }
}
