package io.tidemark.jobs.compact;

import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeTable;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a task becomes. Nobody sees it until it is committed. */
final class CompactRunner extends ProcessFunction<CompactTask, CompactedFiles> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactRunner.class);

  private final LakeConfig config;
  private final long indexRowsMin;
  private final int threads;

  private transient Lake lake;
  private transient BatchRun.Counters counters;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  CompactRunner(LakeConfig config, long indexRowsMin, int threads) {
    this.config = config;
    this.indexRowsMin = indexRowsMin;
    this.threads = threads;
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    counters = new BatchRun.Counters(getRuntimeContext());
  }

  @Override
  public void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(CompactTask task, Context context, Collector<CompactedFiles> out)
      throws Exception {
    long start = System.nanoTime();
    Optional<CollectionInfo> collection = lake.collectionById(task.collectionId());
    Optional<CompactedFiles> written =
        collection.isEmpty() ? Optional.empty() : write(lake.table(collection.get()), task);
    counters.taskDone();
    counters.rowsDone(task.rows());
    if (written.isEmpty()) {
      LOG.info("files are gone, nothing is compacted collection={}", task.collectionId());
      return;
    }
    LOG.info(
        "files compacted collection={} work={} files={} rows={} kept={} took_ms={}",
        task.collectionId(),
        task.work(),
        task.files().size(),
        task.rows(),
        written.get().rowsKept,
        (System.nanoTime() - start) / 1_000_000);
    out.collect(written.get());
  }

  private Optional<CompactedFiles> write(LakeTable table, CompactTask task) throws Exception {
    return switch (task.work()) {
      case REWRITE ->
          SegmentRewriter.run(
              table, task, new SegmentIndexBuilder(lake, threads, rows -> {}), indexRowsMin);
      case CONVERT -> DeleteConversion.run(table, task);
    };
  }
}
