package io.tidemark.connectors.source;

import java.util.Map;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.table.data.RowData;

/** Gives out rows, and remembers how far each split is. */
final class RowDataSourceReader
    extends SingleThreadMultiplexSourceReaderBase<
        RowBatch, RowData, ScanSplit, RowDataSourceReader.Progress> {
  private final boolean changelog;

  /** A split as far as it was given out. */
  static final class Progress {
    private ScanSplit split;

    Progress(ScanSplit split) {
      this.split = split;
    }
  }

  RowDataSourceReader(ScanSpec spec, SourceReaderContext context) {
    super(
        () -> new ScanReader(spec),
        (batch, output, progress) -> {
          batch.rows().forEach(output::collect);
          progress.split = batch.next();
        },
        context.getConfiguration(),
        context);
    this.changelog = spec.changelog();
  }

  @Override
  public void start() {
    if (!changelog && getNumberOfCurrentlyAssignedSplits() == 0) {
      context.sendSplitRequest();
    }
  }

  @Override
  protected void onSplitFinished(Map<String, Progress> finished) {
    if (!changelog) {
      context.sendSplitRequest();
    }
  }

  @Override
  protected Progress initializedState(ScanSplit split) {
    return new Progress(split);
  }

  @Override
  protected ScanSplit toSplitType(String splitId, Progress progress) {
    return progress.split;
  }
}
