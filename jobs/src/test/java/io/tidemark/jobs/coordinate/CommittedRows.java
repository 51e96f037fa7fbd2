package io.tidemark.jobs.coordinate;

import io.tidemark.connectors.lake.SegmentFileWriter;
import io.tidemark.engine.window.NetEffect;
import io.tidemark.jobs.LogAndLake;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.NetChange;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What ingest does with a window of rows, without a log: a file and a position a commit. */
final class CommittedRows {
  private CommittedRows() {}

  static IndexDefinition index(LogAndLake system) {
    return new IndexDefinition(
        system.writers.allocate(),
        LogAndLake.VECTOR,
        "vector",
        "vector",
        IndexType.HNSW,
        Metric.L2,
        Map.of("M", "8", "efConstruction", "40"));
  }

  /** Commits {@code count} rows to the first shard, and moves both shards' positions. */
  static void add(LogAndLake system, CollectionInfo collection, long firstKey, int count) {
    ColumnBuilder keys = new ColumnBuilder(collection.schema().primaryKey());
    ColumnBuilder texts =
        new ColumnBuilder(collection.schema().field(LogAndLake.TEXT).orElseThrow());
    ColumnBuilder vectors =
        new ColumnBuilder(collection.schema().field(LogAndLake.VECTOR).orElseThrow());
    for (long key = firstKey; key < firstKey + count; key++) {
      keys.append(key);
      texts.append("row " + key);
      vectors.append(
          new float[] {key, (float) Math.sin(key), (float) Math.cos(key * 0.37), key % 17});
    }
    EntityBatch rows =
        new EntityBatch(
            count,
            Map.of(
                LogAndLake.ID,
                keys.build(),
                LogAndLake.TEXT,
                texts.build(),
                LogAndLake.VECTOR,
                vectors.build()));
    LakeTable table = system.lake.table(collection);
    NetChange change =
        NetEffect.of(
            List.of(
                new LogRecord.Insert(
                    system.writers.allocate(),
                    collection.id(),
                    0,
                    Partition.DEFAULT_NAME,
                    1,
                    false,
                    rows)),
            collection.schema());
    SegmentFileWriter.Written written = SegmentFileWriter.write(table, 0, change, 1L << 30);
    new LogSnapshotCommitter()
        .commit(
            table,
            0,
            table.position(0),
            system.writers.allocate(),
            written.dataFiles(),
            written.deleteFiles(),
            List.of());
    move(system, collection, 1);
  }

  private static void move(LogAndLake system, CollectionInfo collection, int shard) {
    LakeTable table = system.lake.table(collection);
    new LogSnapshotCommitter()
        .commit(
            table,
            shard,
            table.position(shard),
            system.writers.allocate(),
            List.of(),
            List.of(),
            List.of());
  }

  /** Asks that what is committed is indexed. */
  static void flush(LogAndLake system, CollectionInfo collection) {
    long flushed =
        Math.min(
            system.lake.table(collection).position(0), system.lake.table(collection).position(1));
    system.control.put(ControlKeys.FLUSH + collection.id(), Long.toString(flushed));
  }

  /** The sources of all registered segments; each in one. */
  static Set<String> indexed(LogAndLake system, CollectionInfo collection) {
    Set<String> sources = new HashSet<>();
    for (SegmentIndex index : system.lake.registry().list(collection.id())) {
      for (SourceFile source : index.sources()) {
        if (!sources.add(source.path())) {
          throw new AssertionError("registered twice: " + source.path());
        }
      }
    }
    return sources;
  }

  static Set<String> files(LogAndLake system, CollectionInfo collection) {
    Set<String> files = new HashSet<>();
    system.lake.table(collection).snapshot().files().stream()
        .map(LakeFile::path)
        .forEach(files::add);
    return files;
  }
}
