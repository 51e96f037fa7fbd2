package io.tidemark.sql.table;

import io.tidemark.connectors.source.RowCondition;
import io.tidemark.connectors.source.SourceColumn;
import io.tidemark.connectors.source.TidemarkSource;
import io.tidemark.connectors.source.TidemarkSourceBuilder;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.search.VectorSearchProvider;
import io.tidemark.sql.table.lookup.LookupProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.VectorSearchTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * A collection that is read: whole, with its changes, by key for joins, or by nearness for
 * VECTOR_SEARCH. The columns that a query uses, its conditions and its limit come down to the
 * files.
 */
final class TidemarkTableSource
    implements ScanTableSource,
        LookupTableSource,
        VectorSearchTableSource,
        SupportsProjectionPushDown,
        SupportsReadingMetadata,
        SupportsFilterPushDown,
        SupportsLimitPushDown {
  static final String TIMESTAMP = "timestamp";
  static final String INGESTED_AT = "ingested_at";

  private final TableTarget target;
  private final ReadableConfig options;
  private final boolean streaming;
  private DataType produced;
  private List<String> names;
  private List<String> metadata = List.of();
  private @Nullable RowCondition condition;
  private long limit = -1;

  /**
   * @param streaming whether the query runs in streaming mode
   */
  TidemarkTableSource(TableTarget target, ReadableConfig options, boolean streaming) {
    this.target = target;
    this.options = options;
    this.streaming = streaming;
    this.produced = target.schema().toPhysicalRowDataType();
    this.names = DataType.getFieldNames(produced);
  }

  private boolean changelog() {
    ScanMode mode =
        options
            .getOptional(SourceOptions.MODE)
            .orElse(
                streaming && options.getOptional(SourceOptions.AS_OF).isEmpty()
                    ? ScanMode.CHANGELOG
                    : ScanMode.BOUNDED);
    if (mode == ScanMode.CHANGELOG && !streaming) {
      throw new ValidationException(
          asSummaryString()
              + ": 'scan.mode'='changelog' does not end, so it cannot be read in batch mode: leave the"
              + " option out, or SET 'execution.runtime-mode' = 'streaming'");
    }
    return mode == ScanMode.CHANGELOG;
  }

  /** Deletions of a changelog have nothing but the key. */
  @Override
  public ChangelogMode getChangelogMode() {
    return changelog() ? ChangelogMode.upsert(true) : ChangelogMode.insertOnly();
  }

  /** Flink asks for this of tables that are only joined or searched too, so nothing is done yet. */
  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    TidemarkTableSource planned = (TidemarkTableSource) copy();
    boolean bounded = !changelog();
    return new SourceProvider() {
      @Override
      public Source<RowData, ?, ?> createSource() {
        return planned.source();
      }

      @Override
      public boolean isBounded() {
        return bounded;
      }

      @Override
      public Optional<Integer> getParallelism() {
        return options.getOptional(SourceOptions.PARALLELISM);
      }
    };
  }

  private TidemarkSource source() {
    try {
      TidemarkSourceBuilder source =
          TidemarkSource.builder()
              .endpoint(target.endpoint())
              .stores(TidemarkOptions.stores(target.endpoint(), options))
              .columns(columns());
      if (changelog()) {
        source.changelog();
      } else {
        source.read(options.get(SourceOptions.READ)).limit(limit);
        if (condition != null) {
          source.condition(condition);
        }
      }
      options.getOptional(SourceOptions.AS_OF).ifPresent(source::asOf);
      return source.build(target.description());
    } catch (TidemarkException e) {
      throw new ValidationException(asSummaryString() + ": " + e.getMessage(), e);
    }
  }

  private List<SourceColumn> columns() {
    List<SourceColumn> columns = new ArrayList<>();
    List<LogicalType> types = ((RowType) produced.getLogicalType()).getChildren();
    for (int i = 0; i < names.size(); i++) {
      boolean isMetadata = i >= names.size() - metadata.size();
      columns.add(column(names.get(i), types.get(i), isMetadata));
    }
    return columns;
  }

  private SourceColumn column(String name, LogicalType type, boolean isMetadata) {
    if (isMetadata) {
      switch (name) {
        case TIMESTAMP -> {
          return new SourceColumn.Timestamp(type);
        }
        case INGESTED_AT -> {
          return new SourceColumn.IngestedAt(type);
        }
        case TidemarkTableSink.PARTITION -> {
          return new SourceColumn.PartitionName(type);
        }
        default -> {
          // The dynamic field, which is one of the schema's.
        }
      }
    }
    CollectionSchema schema = target.description().schema();
    FieldSchema field =
        schema
            .field(name)
            .orElseThrow(() ->
                TidemarkException.invalid(
                    "column '"
                        + name
                        + "' is no field of the collection, whose fields are "
                        + schema.fields().stream().map(FieldSchema::name).toList()
                        + "; leave it out or rename it"));
    return new SourceColumn.Field(field, type);
  }

  @Override
  public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
    return LookupProvider.of(
        target.endpoint(),
        target.collection(),
        target.description(),
        names,
        (RowType) produced.getLogicalType(),
        context.getKeys(),
        options.get(SourceOptions.LOOKUP_BATCH_SIZE),
        options.get(SourceOptions.LOOKUP_REQUESTS));
  }

  @Override
  public VectorSearchRuntimeProvider getSearchRuntimeProvider(VectorSearchContext context) {
    return VectorSearchProvider.of(
        target.endpoint(),
        target.collection(),
        target.description(),
        names,
        (RowType) produced.getLogicalType(),
        options,
        context);
  }

  @Override
  public boolean supportsNestedProjection() {
    return false;
  }

  @Override
  public void applyProjection(int[][] projected, DataType producedType) {
    produced = producedType;
    names = DataType.getFieldNames(producedType);
    metadata = List.of();
  }

  @Override
  public Map<String, DataType> listReadableMetadata() {
    Map<String, DataType> columns = new LinkedHashMap<>();
    if (target.description().schema().dynamic()) {
      columns.put(FieldSchema.DYNAMIC_NAME, DataTypes.STRING());
    }
    columns.put(TidemarkTableSink.PARTITION, DataTypes.STRING());
    columns.put(TIMESTAMP, DataTypes.BIGINT());
    columns.put(INGESTED_AT, DataTypes.TIMESTAMP_LTZ(3));
    return columns;
  }

  @Override
  public void applyReadableMetadata(List<String> keys, DataType producedType) {
    metadata = List.copyOf(keys);
    produced = producedType;
    List<String> all = new ArrayList<>(DataType.getFieldNames(producedType));
    // Of metadata columns the type has other names.
    for (int i = 0; i < keys.size(); i++) {
      all.set(all.size() - keys.size() + i, keys.get(i));
    }
    names = List.copyOf(all);
  }

  /** What is tried here saves reading; Flink tries everything again. */
  @Override
  public Result applyFilters(List<ResolvedExpression> filters) {
    if (changelog()) {
      // A row that ceases to match has to be taken back, so all changes are needed.
      return Result.of(List.of(), filters);
    }
    List<ResolvedExpression> accepted = new ArrayList<>();
    List<RowCondition> conditions = new ArrayList<>();
    for (ResolvedExpression filter : filters) {
      Optional<RowCondition> one = RowConditions.of(filter, target.description().schema());
      if (one.isPresent()) {
        accepted.add(filter);
        conditions.add(one.get());
      }
    }
    condition = conditions.isEmpty() ? null : new RowCondition.All(conditions);
    return Result.of(accepted, filters);
  }

  @Override
  public void applyLimit(long rows) {
    limit = changelog() ? -1 : rows;
  }

  @Override
  public DynamicTableSource copy() {
    TidemarkTableSource copy = new TidemarkTableSource(target, options, streaming);
    copy.produced = produced;
    copy.names = names;
    copy.metadata = metadata;
    copy.condition = condition;
    copy.limit = limit;
    return copy;
  }

  @Override
  public String asSummaryString() {
    return "Tidemark collection " + target.database() + "." + target.collection();
  }
}
