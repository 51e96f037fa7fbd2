package io.tidemark.sql.table;

import io.tidemark.connectors.sink.OnBadRow;
import io.tidemark.connectors.sink.SinkSettings;
import io.tidemark.connectors.sink.WriteMode;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.factories.FactoryUtil;

/** Options {@code sink.*} of a table: how {@code INSERT INTO} writes. */
public final class SinkOptions {
  public static final ConfigOption<WriteMode> WRITE_MODE =
      ConfigOptions.key("sink.write-mode")
          .enumType(WriteMode.class)
          .defaultValue(SinkSettings.DEFAULT.writeMode())
          .withDescription(
              "'upsert' replaces the row of the same key, so that the result is exactly once by key;"
                  + " 'insert' adds rows without looking at their keys, for loads of new keys: rows repeated"
                  + " after a failure are stored twice until compaction, reads show the newest. Collections"
                  + " whose keys the server makes are always inserted into.");

  public static final ConfigOption<OnBadRow> ON_ERROR =
      ConfigOptions.key("sink.on-error")
          .enumType(OnBadRow.class)
          .defaultValue(SinkSettings.DEFAULT.onBadRow())
          .withDescription(
              "What becomes of a row that the collection cannot take: 'fail' fails the job with the row's"
                  + " key and the reason, 'skip' leaves it out, counts it in the metric skippedRows and logs it.");

  public static final ConfigOption<Integer> BATCH_ROWS =
      ConfigOptions.key("sink.batch.rows")
          .intType()
          .defaultValue(SinkSettings.DEFAULT.batchRowsMax())
          .withDescription("Rows of one request at most.");

  public static final ConfigOption<MemorySize> BATCH_BYTES =
      ConfigOptions.key("sink.batch.bytes")
          .memoryType()
          .defaultValue(new MemorySize(SinkSettings.DEFAULT.batchBytesMax()))
          .withDescription("Size of one request at most, up to 32 mb.");

  public static final ConfigOption<Duration> BATCH_LINGER =
      ConfigOptions.key("sink.batch.linger")
          .durationType()
          .defaultValue(SinkSettings.DEFAULT.linger())
          .withDescription("About how long a row waits for others to fill its request.");

  public static final ConfigOption<Integer> IN_FLIGHT =
      ConfigOptions.key("sink.requests.in-flight")
          .intType()
          .defaultValue(SinkSettings.DEFAULT.inFlightMax())
          .withDescription(
              "Requests under way at a time, of each subtask, up to 64; more rows wait, which slows their"
                  + " source down.");

  public static final ConfigOption<Duration> RETRY_FIRST =
      ConfigOptions.key("sink.retry.first-pause")
          .durationType()
          .defaultValue(SinkSettings.DEFAULT.retryFirst())
          .withDescription(
              "Pause before a request that failed for a passing reason is repeated; it doubles with"
                  + " each repetition.");

  public static final ConfigOption<Duration> RETRY_MAX =
      ConfigOptions.key("sink.retry.max-pause")
          .durationType()
          .defaultValue(SinkSettings.DEFAULT.retryMax())
          .withDescription("The longest pause between repetitions.");

  public static final ConfigOption<Duration> RETRY_TIMEOUT =
      ConfigOptions.key("sink.retry.timeout")
          .durationType()
          .defaultValue(SinkSettings.DEFAULT.retryTimeout())
          .withDescription(
              "How long a request is repeated, as while the server is away, before the job fails.");

  public static final ConfigOption<Integer> PARALLELISM = FactoryUtil.SINK_PARALLELISM;

  private SinkOptions() {}

  /** All of them, for the factory and the reference page. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        WRITE_MODE,
        ON_ERROR,
        BATCH_ROWS,
        BATCH_BYTES,
        BATCH_LINGER,
        IN_FLIGHT,
        RETRY_FIRST,
        RETRY_MAX,
        RETRY_TIMEOUT,
        PARALLELISM);
  }

  /**
   * @throws io.tidemark.model.error.TidemarkException 1100 if a value is out of its bounds
   */
  static SinkSettings settings(ReadableConfig options) {
    return new SinkSettings(
        options.get(WRITE_MODE),
        options.get(ON_ERROR),
        options.get(BATCH_ROWS),
        (int) Math.min(Integer.MAX_VALUE, options.get(BATCH_BYTES).getBytes()),
        options.get(BATCH_LINGER),
        options.get(IN_FLIGHT),
        options.get(RETRY_FIRST),
        options.get(RETRY_MAX),
        options.get(RETRY_TIMEOUT));
  }
}
