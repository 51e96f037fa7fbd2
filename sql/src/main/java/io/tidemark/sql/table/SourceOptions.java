package io.tidemark.sql.table;

import io.tidemark.connectors.source.ReadLevel;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.factories.FactoryUtil;

/** Options {@code scan.*} and {@code lookup.*} of a table: how {@code SELECT} reads it. */
public final class SourceOptions {
  public static final ConfigOption<ScanMode> MODE =
      ConfigOptions.key("scan.mode")
          .enumType(ScanMode.class)
          .noDefaultValue()
          .withDescription(
              "'bounded' reads the rows as of one moment and ends; 'changelog' goes on with every row"
                  + " written or deleted, and needs streaming mode. Unless given, a query in streaming mode"
                  + " reads the changelog, one in batch mode, or with 'scan.as-of', is bounded.");

  public static final ConfigOption<ReadLevel> READ =
      ConfigOptions.key("scan.read")
          .enumType(ReadLevel.class)
          .defaultValue(ReadLevel.LATEST)
          .withDescription(
              "What a bounded read sees: 'latest' is everything acknowledged before the query was"
                  + " planned, 'committed' the lake's newest snapshot, some seconds behind, without reading"
                  + " the log.");

  public static final ConfigOption<String> AS_OF =
      ConfigOptions.key("scan.as-of")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Reads the collection as it was: a snapshot's name, an instant such as"
                  + " 2026-05-04T12:00:00Z, or a hybrid timestamp in decimal.");

  public static final ConfigOption<Integer> PARALLELISM = FactoryUtil.SOURCE_PARALLELISM;

  public static final ConfigOption<Integer> LOOKUP_REQUESTS =
      ConfigOptions.key("lookup.requests")
          .intType()
          .defaultValue(4)
          .withDescription(
              "Requests of a lookup join under way at a time for each parallel instance, 1 to 64; keys"
                  + " that come while so many are share the next.");

  public static final ConfigOption<Integer> LOOKUP_BATCH_SIZE =
      ConfigOptions.key("lookup.batch-size")
          .intType()
          .defaultValue(256)
          .withDescription("Keys of a lookup join that share a request at most, 1 to 4096.");

  private SourceOptions() {}
}
