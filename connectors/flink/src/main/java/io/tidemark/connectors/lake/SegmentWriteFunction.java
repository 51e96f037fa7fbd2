package io.tidemark.connectors.lake;

import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.log.WindowedLog;
import io.tidemark.stores.lake.LakeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes each closed window's net effect as files; passes marks on to every committer. */
final class SegmentWriteFunction extends ProcessFunction<WindowedLog, SegmentCommit> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(SegmentWriteFunction.class);

  private final LakeAccess access;
  private final NetEffectFunction netEffect;
  private final long fileBytesTarget;
  private final int committers;

  private transient CollectionTables tables;
  private transient Counter rowsRead;
  private transient Counter rowsWritten;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  SegmentWriteFunction(
      LakeAccess access, NetEffectFunction netEffect, long fileBytesTarget, int committers) {
    this.access = access;
    this.netEffect = netEffect;
    this.fileBytesTarget = fileBytesTarget;
    this.committers = committers;
  }

  @Override
  public void open(OpenContext context) throws InterruptedException {
    tables = CollectionTables.open(access);
    rowsRead = getRuntimeContext().getMetricGroup().counter("rowsRead");
    rowsWritten = getRuntimeContext().getMetricGroup().counter("rowsWritten");
  }

  @Override
  public void close() {
    if (tables != null) {
      tables.close();
    }
  }

  @Override
  public void processElement(WindowedLog windowed, Context context, Collector<SegmentCommit> out)
      throws Exception {
    if (windowed.progress != null) {
      for (int committer = 0; committer < committers; committer++) {
        out.collect(SegmentCommit.of(windowed.progress, committer));
      }
    }
    WindowedLog.Window window = windowed.window;
    if (window != null) {
      if (window.dropped) {
        tables.forget(window.collectionId);
      } else {
        write(window, out);
      }
    }
  }

  private void write(WindowedLog.Window window, Collector<SegmentCommit> out)
      throws InterruptedException, IOException {
    Optional<LakeTable> table = tables.current(window.collectionId);
    if (table.isEmpty()) {
      LOG.info(
          "window of a dropped collection is skipped collection={} shard={} to={}",
          window.collectionId,
          window.shard,
          window.to);
      return;
    }
    SegmentCommit commit = SegmentCommit.of(window);
    try {
      NetChange change = netChange(window, table.get());
      rowsRead.inc(change.rowsRead());
      commit.with(
          WhileAway.repeat(
              "write files",
              () -> SegmentFileWriter.write(table.get(), window.shard, change, fileBytesTarget)),
          change.droppedPartitions());
      rowsWritten.inc(change.survivingRows());
    } catch (UnwritableRowsException e) {
      commit.unwritable = String.valueOf(e.getMessage());
    }
    out.collect(commit);
  }

  private NetChange netChange(WindowedLog.Window window, LakeTable table) {
    List<LogRecord.Channel> records = new ArrayList<>(window.records.size());
    for (byte[] bytes : window.records) {
      records.add((LogRecord.Channel) LogRecordCodec.decode(bytes));
    }
    try {
      return netEffect.of(records, table.info().schema());
    } catch (IllegalArgumentException e) {
      // Records that contradict the schema do so each time.
      throw new UnwritableRowsException(String.valueOf(e.getMessage()), e);
    }
  }
}
