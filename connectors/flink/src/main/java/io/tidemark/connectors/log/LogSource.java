package io.tidemark.connectors.log;

import io.tidemark.model.log.LogEvent;
import io.tidemark.model.log.LogHeader;
import io.tidemark.stores.log.LogConfig;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The data log as a stream of {@link LogEvent}s with the ticks as watermarks. */
public final class LogSource {
  /** Prefix of the uids: part of a savepoint's format. */
  private static final String UID = "log";

  private LogSource() {}

  /**
   * @param parallelism at most the number of pchannels: a reader without one would never tick, and
   *     hold back all windows
   * @return every record but the ticks, which travel as watermarks
   */
  public static SingleOutputStreamOperator<LogEvent> read(
      StreamExecutionEnvironment env, LogConfig log, int parallelism) {
    if (parallelism < 1 || parallelism > log.pchannels()) {
      throw new IllegalArgumentException(
          "log source parallelism "
              + parallelism
              + ", it must be 1 to the number of pchannels, "
              + log.pchannels());
    }
    return env.fromSource(source(log), TickWatermarks.strategy(), "LogSource")
        .uid(UID)
        .setParallelism(parallelism)
        .filter(event -> event.kind() != LogHeader.Kind.TIME_TICK)
        .name("without ticks")
        .uid(UID + "-without-ticks")
        .setParallelism(parallelism);
  }

  static KafkaSource<LogEvent> source(LogConfig log) {
    return KafkaSource.<LogEvent>builder()
        .setBootstrapServers(log.bootstrapServers())
        .setTopics(log.dataTopic())
        .setClientIdPrefix("tidemark-ingest")
        .setStartingOffsets(new StartAfterPosition(log))
        .setDeserializer(new LogEventReader())
        .setProperty("isolation.level", "read_committed")
        .setProperty("commit.offsets.on.checkpoint", "false")
        .setProperty("partition.discovery.interval.ms", "-1")
        // A tick must not wait for more data: windows close with it.
        .setProperty("fetch.max.wait.ms", "100")
        .setProperty("fetch.min.bytes", "1")
        .build();
  }
}
