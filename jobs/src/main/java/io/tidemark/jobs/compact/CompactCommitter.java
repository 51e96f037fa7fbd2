package io.tidemark.jobs.compact;

import io.tidemark.jobs.compact.CompactTask.Work;
import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.DeleteRewrite;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.RewriteCommitter;
import io.tidemark.stores.lake.TableFiles;
import io.tidemark.stores.lake.TimeToLive;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits each task as it is done: first the indexes over its new files are registered, then the
 * files take the place of the old ones, so that a reader that sees them finds them indexed. What
 * lost a race is taken back, files and rows of the registry, and counted; it is planned anew.
 * Forwards what it committed.
 */
final class CompactCommitter extends ProcessFunction<CompactedFiles, CompactedFiles> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactCommitter.class);

  /** Prefix of the accumulators that become figures of the report. */
  static final String FIGURE = "tidemark.compact.";

  private final LakeConfig config;

  private transient Lake lake;
  private transient Map<String, LongCounter> figures;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  CompactCommitter(LakeConfig config) {
    this.config = config;
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    figures = new HashMap<>();
    for (Figure figure : Figure.values()) {
      LongCounter counter = new LongCounter();
      figures.put(figure.accumulator(), counter);
      getRuntimeContext().addAccumulator(figure.accumulator(), counter);
    }
  }

  /** What is counted, in the order to be shown. */
  enum Figure {
    FILES_READ,
    FILES_WRITTEN,
    ROWS_READ,
    ROWS_KEPT,
    DELETE_CONVERSIONS,
    RACES_LOST;

    String accumulator() {
      return FIGURE + label();
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private void count(Figure figure, long more) {
    figures.computeIfAbsent(figure.accumulator(), f -> new LongCounter()).add(more);
  }

  @Override
  public void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(CompactedFiles files, Context context, Collector<CompactedFiles> out)
      throws Exception {
    if (!commit(lake, files)) {
      count(Figure.RACES_LOST, 1);
      return;
    }
    if (files.work == Work.CONVERT) {
      count(Figure.DELETE_CONVERSIONS, 1);
    } else {
      count(Figure.FILES_READ, files.read.size());
      count(Figure.FILES_WRITTEN, files.filesAdded);
      count(Figure.ROWS_READ, files.rowsRead);
      count(Figure.ROWS_KEPT, files.rowsKept);
    }
    out.collect(files);
  }

  /**
   * Commits one task's files.
   *
   * @return whether they took the place of the old ones; if not, nothing of them is left
   */
  static boolean commit(Lake lake, CompactedFiles files) throws IOException {
    Optional<CollectionInfo> collection = lake.collectionById(files.collectionId);
    if (collection.isEmpty()) {
      // Its files went with its folder, but for the indexes.
      discard(lake, files.indexes);
      return false;
    }
    LakeTable table = lake.table(collection.get());
    return switch (files.work) {
      case CONVERT ->
          DeleteRewrite.commit(
              table,
              files.snapshotId,
              files.read,
              CompactedFiles.files(files.added),
              Map.of("tidemark.job", JobKind.COMPACT.command()));
      case REWRITE -> rewrite(lake, table, files);
    };
  }

  private static boolean rewrite(Lake lake, LakeTable table, CompactedFiles files)
      throws IOException {
    if (!files.indexes.isEmpty()) {
      lake.registry().register(files.indexes);
    }
    boolean committed;
    try {
      committed =
          RewriteCommitter.commit(
              table,
              files.plan(),
              CompactedFiles.files(files.added),
              CompactedFiles.files(files.outlived),
              info -> areStillExpired(info, files.expireBefore),
              Map.of(
                  "tidemark.job",
                  JobKind.COMPACT.command(),
                  "tidemark.rows-dropped",
                  Long.toString(files.rowsRead - files.rowsKept)));
    } catch (RuntimeException e) {
      takeBackUnlessCommitted(lake, table, files, e);
      throw e;
    }
    if (!committed) {
      takeBack(lake, files);
      LOG.info(
          "compaction lost a race collection={} files={}", files.collectionId, files.read.size());
    }
    return committed;
  }

  /** Whoever lengthens the time to live must not lose rows to a job that has not heard of it. */
  private static boolean areStillExpired(CollectionInfo info, long expireBefore) {
    return expireBefore == 0 || TimeToLive.cutoff(info, System.currentTimeMillis()) >= expireBefore;
  }

  /** What is registered over files that no commit names would be of no use to anybody. */
  private static void takeBackUnlessCommitted(
      Lake lake, LakeTable table, CompactedFiles files, RuntimeException failure) {
    try {
      TableFiles named = TableFiles.of(table.iceberg());
      if (files.indexes.stream()
          .flatMap(index -> index.sources().stream())
          .noneMatch(source -> named.names(source.path()))) {
        takeBack(lake, files);
      }
    } catch (RuntimeException e) {
      // The catalog is away: expiry takes them once they are old.
      failure.addSuppressed(e);
    }
  }

  private static void takeBack(Lake lake, CompactedFiles files) {
    if (!files.indexes.isEmpty()) {
      lake.registry().replace(files.indexes, List.of());
      discard(lake, files.indexes);
    }
  }

  private static void discard(Lake lake, List<SegmentIndex> indexes) {
    SegmentIndexBuilder.discard(lake, indexes.stream().map(SegmentIndex::file).distinct().toList());
  }
}
