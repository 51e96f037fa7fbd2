package io.tidemark.tests.sql;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.sink.OnBadRow;
import io.tidemark.connectors.sink.SinkSettings;
import io.tidemark.connectors.sink.TidemarkSink;
import io.tidemark.connectors.sink.WriteMode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;

/** A stream of changes into a collection, with checkpoints ten times a second and two restarts. */
final class InterruptedJob {
  private static final long LIMIT_S = 180;

  /** Impatient, so that no test waits for long pauses. */
  private static final SinkSettings SETTINGS =
      new SinkSettings(
          WriteMode.UPSERT,
          OnBadRow.FAIL,
          300,
          1 << 20,
          Duration.ofMillis(50),
          4,
          Duration.ofMillis(50),
          Duration.ofMillis(300),
          Duration.ofMinutes(2));

  private InterruptedJob() {}

  static SinkCollection collection(MilvusClientV2 client) {
    return SinkCollection.create(
        client, 2, schema -> schema.addField(SinkCollection.field("n", DataType.Int64)));
  }

  static JobClient start(
      ChangeStream changes, SinkCollection into, String address, long failAt, Configuration more)
      throws Exception {
    return start(changes, List.of(into), SETTINGS, address, failAt, more);
  }

  /** Into several collections at once, of rows that are only added. */
  static JobClient startInserting(
      ChangeStream rows, List<SinkCollection> into, String address, long failAt) throws Exception {
    SinkSettings inserting =
        new SinkSettings(
            WriteMode.INSERT,
            SETTINGS.onBadRow(),
            SETTINGS.batchRowsMax(),
            SETTINGS.batchBytesMax(),
            SETTINGS.linger(),
            SETTINGS.inFlightMax(),
            SETTINGS.retryFirst(),
            SETTINGS.retryMax(),
            SETTINGS.retryTimeout());
    return start(rows, into, inserting, address, failAt, new Configuration());
  }

  private static JobClient start(
      ChangeStream changes,
      List<SinkCollection> into,
      SinkSettings settings,
      String address,
      long failAt,
      Configuration more)
      throws Exception {
    Configuration configuration = SharedFlink.configuration();
    configuration.addAll(more);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    environment.setParallelism(1);
    DataStream<RowData> rows =
        environment
            .fromSource(changes.source(), WatermarkStrategy.noWatermarks(), "changes")
            .uid("changes")
            .map(changes.failingAt(failAt))
            .returns(changes.source().getProducedType())
            .uid("failing");
    for (SinkCollection each : into) {
      rows.sinkTo(
              TidemarkSink.forRowData()
                  .endpoint(Endpoint.of(address))
                  .collection(each.name())
                  .rowType(ChangeStream.ROW)
                  .settings(settings)
                  .build())
          .uid("sink of " + each.name())
          .setParallelism(3);
    }
    return environment.executeAsync(changes.name());
  }

  static void awaitEnd(JobClient job) throws Exception {
    job.getJobExecutionResult().get(LIMIT_S, TimeUnit.SECONDS);
  }
}
