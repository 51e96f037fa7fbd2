package io.tidemark.jobs.compact;

import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
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
        collection.isEmpty() ? Optional.empty() : run(lake.table(collection.get()), task);
    counters.taskDone();
    counters.rowsDone(task.rows());
    if (written.isEmpty()) {
      LOG.info("files are gone, nothing is compacted collection={}", task.collectionId());
      return;
    }
    LOG.info(
        "files compacted collection={} work={} files={} rows={} kept={} written={} took_ms={}",
        task.collectionId(),
        task.work(),
        task.files().size(),
        task.rows(),
        written.get().rowsKept,
        written.get().filesAdded,
        (System.nanoTime() - start) / 1_000_000);
    out.collect(written.get());
  }

  /** On the newest snapshot there is: the fewer commits lie in between, the fewer races. */
  private Optional<CompactedFiles> run(LakeTable table, CompactTask task)
      throws IOException, InterruptedException {
    LakeSnapshot snapshot = table.snapshot();
    return switch (task.work()) {
      case CONVERT -> Optional.of(DeleteConversion.run(table, snapshot, task));
      case REWRITE -> {
        Optional<List<LakeFile>> files = live(snapshot, task);
        SegmentIndexBuilder indexes = new SegmentIndexBuilder(lake, threads, rows -> {});
        yield files.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new SegmentRewriter(lake, indexes, indexRowsMin)
                    .run(table, snapshot, files.get(), task));
      }
    };
  }

  /** In the task's order; empty if one is no longer live. */
  private static Optional<List<LakeFile>> live(LakeSnapshot snapshot, CompactTask task) {
    Map<String, LakeFile> live =
        snapshot.files().stream().collect(Collectors.toMap(LakeFile::path, Function.identity()));
    List<LakeFile> files = new ArrayList<>();
    for (String path : task.files()) {
      LakeFile file = live.get(path);
      if (file == null) {
        return Optional.empty();
      }
      files.add(file);
    }
    return Optional.of(files);
  }
}
