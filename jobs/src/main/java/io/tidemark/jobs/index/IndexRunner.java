package io.tidemark.jobs.index;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.VectorMemory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one segment's vectors and has its indexes built. */
final class IndexRunner extends ProcessFunction<IndexTask, SegmentIndex> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(IndexRunner.class);

  private final LakeConfig config;
  private final GpuUse gpu;
  private final int threads;

  private transient Lake lake;
  private transient SegmentIndexBuilder builder;
  private transient volatile int rowsDone;
  private transient BatchRun.Counters counters;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  IndexRunner(LakeConfig config, GpuUse gpu, int threads) {
    this.config = config;
    this.gpu = gpu;
    this.threads = threads;
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    builder =
        new SegmentIndexBuilder(
            lake, BuilderChoice.of(gpu, getRuntimeContext()), threads, rows -> rowsDone = rows);
    counters = new BatchRun.Counters(getRuntimeContext());
    getRuntimeContext().getMetricGroup().gauge("rowsDone", () -> rowsDone);
  }

  @Override
  public void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(IndexTask task, Context context, Collector<SegmentIndex> out)
      throws Exception {
    Optional<CollectionInfo> collection = lake.collectionById(task.collectionId());
    long begin = System.nanoTime();
    Optional<List<SegmentIndex>> indexes =
        collection.isEmpty() ? Optional.empty() : build(collection.get(), task);
    if (indexes.isEmpty()) {
      LOG.info(
          "segment is gone, its index is not built collection={} segment={}",
          task.collectionId(),
          task.segmentId());
      return;
    }
    List<SegmentIndex> built = indexes.get();
    built.forEach(out::collect);
    counters.taskDone();
    counters.rowsDone(task.rows());
    LOG.info(
        "segment indexed collection={} segment={} rows={} bytes={} took_ms={}",
        task.collectionId(),
        task.segmentId(),
        task.rows(),
        built.isEmpty() ? 0 : built.getFirst().fileBytes(),
        (System.nanoTime() - begin) / 1_000_000);
  }

  /** 0 if nobody asks: it takes a look at the table. */
  private long fileBytes(CollectionInfo info, IndexTask task) {
    return VectorMemory.hasSparse(BuildMemory.fields(info, task.definitions()))
        ? SegmentVectors.fileBytes(lake.table(info), task)
        : 0;
  }

  /** Empty if the segment is gone. */
  private Optional<List<SegmentIndex>> build(CollectionInfo info, IndexTask task)
      throws IOException, InterruptedException {
    try (BuildMemory.Taken memory =
        BuildMemory.ofThisProcess()
            .take(info, task.segmentId(), task.definitions(), task.rows(), fileBytes(info, task))) {
      Optional<SegmentVectors> vectors = SegmentVectors.read(lake.table(info), task);
      return vectors.isEmpty() ? Optional.empty() : Optional.of(builder.build(task, vectors.get()));
    }
  }
}
