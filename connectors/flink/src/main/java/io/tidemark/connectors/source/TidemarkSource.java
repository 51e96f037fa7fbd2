package io.tidemark.connectors.source;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads a collection out of its lake table and its log; the server is only asked when the source is
 * built. Rows are what a query of the collection sees: deletes and time to live are applied, of a
 * key's rows the newest counts, and fields that are younger than a row have their defaults.
 *
 * <p>A bounded read ends with the rows as of one moment. A changelog goes on with what changes
 * after it: rows of kind INSERT, then UPDATE_AFTER for every row written and DELETE, of which only
 * the key means anything, in each key's order. A savepoint, taken at any time, neither loses nor
 * repeats a row.
 *
 * <p>A changelog tells what comes through Tidemark: rows that time to live ends, and what other
 * engines write to the table after the start, are not in it.
 */
public final class TidemarkSource
    implements Source<RowData, ScanSplit, PlanState>, ResultTypeQueryable<RowData> {
  private static final long serialVersionUID = 1L;

  private final ScanSpec spec;

  TidemarkSource(ScanSpec spec) {
    this.spec = spec;
  }

  public static TidemarkSourceBuilder builder() {
    return new TidemarkSourceBuilder();
  }

  @Override
  public Boundedness getBoundedness() {
    return spec.changelog() ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<RowData, ScanSplit> createReader(SourceReaderContext context) {
    return new RowDataSourceReader(spec, context);
  }

  @Override
  public SplitEnumerator<ScanSplit, PlanState> createEnumerator(
      SplitEnumeratorContext<ScanSplit> context) {
    return new ScanEnumerator(spec, context, null);
  }

  @Override
  public SplitEnumerator<ScanSplit, PlanState> restoreEnumerator(
      SplitEnumeratorContext<ScanSplit> context, PlanState state) {
    return new ScanEnumerator(spec, context, state);
  }

  @Override
  public SimpleVersionedSerializer<ScanSplit> getSplitSerializer() {
    return new SplitCodec();
  }

  @Override
  public SimpleVersionedSerializer<PlanState> getEnumeratorCheckpointSerializer() {
    return new PlanState.Codec();
  }

  @Override
  public TypeInformation<RowData> getProducedType() {
    return InternalTypeInfo.of(
        RowType.of(spec.columns().stream().map(SourceColumn::type).toArray(LogicalType[]::new)));
  }
}
