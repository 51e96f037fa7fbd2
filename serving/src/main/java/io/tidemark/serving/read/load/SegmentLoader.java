package io.tidemark.serving.read.load;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.serving.read.cache.ColumnCache;
import io.tidemark.serving.read.cache.FileRows;
import io.tidemark.serving.read.cache.IndexCache;
import io.tidemark.serving.read.view.RowSegment;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads segments: data file → column cache → memory, deletes, indexes. Thread-safe. */
public final class SegmentLoader {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLoader.class);

  /** An index that could not be opened is tried again after this. */
  private static final long INDEX_RETRY_NANOS = 60_000_000_000L;

  private final ColumnCache cache;
  private final IndexCache indexFiles;
  private final ExecutorService pool;
  private final LongAdder indexFailures = new LongAdder();

  /**
   * @param pool for decoding; segments are loaded side by side in it
   */
  public SegmentLoader(ColumnCache cache, IndexCache indexFiles, ExecutorService pool) {
    this.cache = cache;
    this.indexFiles = indexFiles;
    this.pool = pool;
  }

  /** How often an index could not be opened since the start. */
  public long indexFailures() {
    return indexFailures.sum();
  }

  /**
   * Loads what {@code plans} say, taking from {@code before} what is there already.
   *
   * @param table the plans' files come from a snapshot of it
   * @param before segments by their files' locations
   * @return one per plan, in their order; the very one of {@code before} where nothing has changed
   */
  public List<LoadedSegment> load(
      LakeTable table,
      CollectionInfo info,
      List<SegmentPlan> plans,
      Map<List<String>, LoadedSegment> before,
      LoadProgress progress)
      throws InterruptedException {
    progress.begin(
        plans.stream().flatMap(plan -> plan.files().stream()).mapToLong(LakeFile::bytes).sum());
    SnapshotDeletes deletes = new SnapshotDeletes(table);
    List<Future<LoadedSegment>> loading = new ArrayList<>();
    for (SegmentPlan plan : plans) {
      LoadedSegment known = before.get(plan.locations());
      loading.add(
          pool.submit(() -> {
            LoadedSegment loaded = load(table, info, plan, known, deletes);
            progress.add(plan.files().stream().mapToLong(LakeFile::bytes).sum());
            return loaded;
          }));
    }
    try {
      List<LoadedSegment> loaded = new ArrayList<>();
      for (Future<LoadedSegment> segment : loading) {
        loaded.add(segment.get());
      }
      return loaded;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("loading " + info.name() + " failed", e.getCause());
    } finally {
      loading.forEach(segment -> segment.cancel(true));
    }
  }

  private LoadedSegment load(
      LakeTable table,
      CollectionInfo info,
      SegmentPlan plan,
      @Nullable LoadedSegment known,
      SnapshotDeletes deletes) {
    if (known != null && sameDeletes(known.plan(), plan) && indexesAreUpToDate(known, plan)) {
      return known;
    }
    RowSegment rows;
    BitSet rejected;
    if (known == null) {
      List<FileRows> files = plan.files().stream().map(file -> read(table, info, file)).toList();
      rows = SegmentBuilder.build(plan, files, info);
      rejected = SegmentBuilder.rejected(files);
      if (!rejected.isEmpty()) {
        LOG.warn(
            "Rows that cannot be served are left out: collection={} segment={} rows={}",
            info.name(),
            rows.segment().id(),
            rejected.cardinality());
      }
    } else {
      rows = known.rows();
      rejected = known.rejected();
    }
    BitSet alive = deletes.alive(plan, rows, rejected, known);
    if (known != null && indexesAreUpToDate(known, plan)) {
      return new LoadedSegment(
          plan, rows, alive, rejected, known.indexesFailed(), known.loadedNanos());
    }
    Opened opened = open(plan, rows, info);
    RowSegment searched =
        plan.indexes().isEmpty() ? rows : rows.withIndexes(opened.indexes, opened.metrics);
    if (known != null && plan.indexes().isEmpty()) {
      searched = rows.withIndexes(Map.of(), Map.of());
    }
    return new LoadedSegment(plan, searched, alive, rejected, opened.failed, System.nanoTime());
  }

  private static boolean sameDeletes(SegmentPlan before, SegmentPlan now) {
    for (int part = 0; part < now.files().size(); part++) {
      if (!before.files().get(part).deletes().equals(now.files().get(part).deletes())) {
        return false;
      }
    }
    return true;
  }

  private static boolean indexesAreUpToDate(LoadedSegment known, SegmentPlan plan) {
    return known.plan().indexes().equals(plan.indexes()) && !isRetryDue(known);
  }

  /** Whether a segment lacks an index and it is time to look again. */
  public static boolean isRetryDue(LoadedSegment segment) {
    return segment.indexesFailed() && System.nanoTime() - segment.loadedNanos() > INDEX_RETRY_NANOS;
  }

  private FileRows read(LakeTable table, CollectionInfo info, LakeFile file) {
    return cache.get(
        info.id(),
        file.path(),
        file.rows(),
        () -> {
          LakeRows rows = table.read(file);
          BitSet rejected = new BitSet();
          for (int row : rows.rejected()) {
            rejected.set(row);
          }
          return new FileRows(
              rows.batch(), LongColumn.of(rows.timestamps(), null), rejected, rows.partitions());
        });
  }

  private static final class Opened {
    private final Map<Integer, VectorIndex> indexes = new HashMap<>();
    private final Map<Integer, Metric> metrics = new HashMap<>();
    private boolean failed;
  }

  private Opened open(SegmentPlan plan, RowSegment rows, CollectionInfo info) {
    Opened opened = new Opened();
    for (SegmentIndex index : plan.indexes()) {
      Vectors vectors = rows.segment().vectors(index.fieldId()).orElse(null);
      if (vectors == null) {
        continue;
      }
      try {
        opened.indexes.put(
            index.fieldId(), IndexFiles.open(indexFiles, index, vectors, index.metric()));
        opened.metrics.put(index.fieldId(), index.metric());
      } catch (IOException | RuntimeException e) {
        indexFailures.increment();
        opened.failed = true;
        LOG.warn(
            "Index cannot be used, searching its rows exactly: collection={} segment={} field={}",
            info.name(),
            index.segmentId(),
            index.fieldId(),
            e);
      }
    }
    return opened;
  }
}
