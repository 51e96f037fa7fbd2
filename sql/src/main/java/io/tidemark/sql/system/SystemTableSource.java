package io.tidemark.sql.system;

import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/** A system table's rows, as they are when the statement is planned. */
final class SystemTableSource implements ScanTableSource {
  private final SystemRows rows;
  private final SystemTable table;

  SystemTableSource(SystemRows rows, SystemTable table) {
    this.rows = rows;
    this.table = table;
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    DataTypes.Field[] fields =
        table.columns().stream()
            .map(column -> DataTypes.FIELD(column.name(), (DataType) column.type()))
            .toArray(DataTypes.Field[]::new);
    TypeInformation<RowData> type = context.createTypeInformation(DataTypes.ROW(fields).notNull());
    return new Rows(rows.of(table), type, fields.length);
  }

  private record Rows(List<RowData> rows, TypeInformation<RowData> type, int arity)
      implements DataStreamScanProvider {
    @Override
    public DataStream<RowData> produceDataStream(
        ProviderContext context, StreamExecutionEnvironment environment) {
      // Flink's source of given elements fails when there are none.
      return rows.isEmpty()
          ? environment
              .fromData(List.<RowData>of(new GenericRowData(arity)), type)
              .filter(row -> false)
              .setParallelism(1)
          : environment.fromData(rows, type).setParallelism(1);
    }

    @Override
    public boolean isBounded() {
      return true;
    }
  }

  @Override
  public DynamicTableSource copy() {
    return new SystemTableSource(rows, table);
  }

  @Override
  public String asSummaryString() {
    return "Tidemark system table " + table.suffix();
  }
}
