package io.tidemark.sql.table;

import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.sink.SinkSettings;
import io.tidemark.connectors.sink.TidemarkDeletion;
import io.tidemark.connectors.sink.TidemarkSink;
import io.tidemark.connectors.sink.TidemarkSinkBuilder;
import io.tidemark.connectors.sink.WriteMode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsDeletePushDown;
import org.apache.flink.table.connector.sink.abilities.SupportsTruncate;
import org.apache.flink.table.connector.sink.abilities.SupportsWritingMetadata;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code INSERT INTO}, {@code DELETE FROM} and {@code TRUNCATE TABLE} of a collection. Rows and
 * changes go through {@link TidemarkSink}; a DELETE statement is one deletion by filter, done by
 * the server.
 */
public final class TidemarkTableSink
    implements DynamicTableSink, SupportsWritingMetadata, SupportsDeletePushDown, SupportsTruncate {
  static final String PARTITION = "partition";

  private final TableTarget target;
  private final ReadableConfig options;
  private final List<String> metadata;
  private DeleteFilter.@Nullable Filter deletion;

  public TidemarkTableSink(TableTarget target, ReadableConfig options) {
    this(target, options, List.of(), null);
  }

  private TidemarkTableSink(
      TableTarget target,
      ReadableConfig options,
      List<String> metadata,
      DeleteFilter.@Nullable Filter deletion) {
    this.target = target;
    this.options = options;
    this.metadata = new ArrayList<>(metadata);
    this.deletion = deletion;
  }

  /**
   * Of a query that only adds rows nothing but additions are asked for, though they replace rows of
   * their keys: so the planner needs no ON CONFLICT clause and keeps no history for it.
   */
  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    return insertsOnly() || requested.containsOnly(RowKind.INSERT)
        ? ChangelogMode.insertOnly()
        : ChangelogMode.upsert();
  }

  private boolean insertsOnly() {
    return settings().writeMode() == WriteMode.INSERT
        || target.description().schema().primaryKey().autoId();
  }

  private SinkSettings settings() {
    try {
      return SinkOptions.settings(options);
    } catch (TidemarkException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  @Override
  public Map<String, DataType> listWritableMetadata() {
    Map<String, DataType> writable = new LinkedHashMap<>();
    writable.put(PARTITION, DataTypes.STRING());
    if (target.description().schema().dynamic()) {
      writable.put(FieldSchema.DYNAMIC_NAME, DataTypes.STRING());
    }
    return writable;
  }

  @Override
  public void applyWritableMetadata(List<String> metadataKeys, DataType consumedDataType) {
    metadata.clear();
    metadata.addAll(metadataKeys);
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    RowType physical = (RowType) target.schema().toPhysicalRowDataType().getLogicalType();
    List<LogicalType> types = new ArrayList<>(physical.getChildren());
    List<String> names = new ArrayList<>(physical.getFieldNames());
    Map<String, DataType> writable = listWritableMetadata();
    for (String key : metadata) {
      types.add(writable.getOrDefault(key, DataTypes.STRING()).getLogicalType());
      names.add(key);
    }
    TidemarkSinkBuilder<RowData> sink =
        TidemarkSink.forRowData()
            .endpoint(target.endpoint())
            .database(target.database())
            .collection(target.collection())
            .rowType(RowType.of(types.toArray(LogicalType[]::new), names.toArray(String[]::new)))
            .settings(settings());
    if (metadata.contains(PARTITION)) {
      sink.partitionColumn(physical.getFieldCount() + metadata.indexOf(PARTITION));
    }
    try {
      return SinkV2Provider.of(
          sink.build(target.description()),
          options.getOptional(SinkOptions.PARALLELISM).orElse(null));
    } catch (TidemarkException e) {
      throw new ValidationException(asSummaryString() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean applyDeleteFilters(List<ResolvedExpression> filters) {
    Optional<DeleteFilter.Filter> filter = DeleteFilter.of(filters, target.description().schema());
    deletion = filter.orElse(null);
    return filter.isPresent();
  }

  @Override
  public Optional<Long> executeDeletion() {
    if (deletion == null) {
      throw new IllegalStateException("a deletion is done without its filter");
    }
    return Optional.of(delete(deletion));
  }

  /** Deletes every row: the collection, its indexes and partitions stay. */
  @Override
  public void executeTruncation() {
    delete(DeleteFilter.of(List.of(), target.description().schema()).orElseThrow());
  }

  private long delete(DeleteFilter.Filter filter) {
    try (TidemarkClient client = TidemarkClient.connect(target.endpoint())) {
      return new TidemarkDeletion(client, target.database(), target.collection())
          .delete(filter.text(), filter.values(), settings().retryTimeout());
    } catch (TidemarkException e) {
      throw new ValidationException(asSummaryString() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public DynamicTableSink copy() {
    return new TidemarkTableSink(target, options, metadata, deletion);
  }

  @Override
  public String asSummaryString() {
    return "Tidemark collection " + target.database() + "." + target.collection();
  }
}
