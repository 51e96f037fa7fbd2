package io.tidemark.stores.backup;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.NewCollection;
import io.tidemark.stores.record.RecordFiles;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.parquet.ParquetUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a new collection of copied files: their dead rows become position deletes, one file for
 * each; the indexes over them are registered first, so that they are there with the rows. Not
 * thread-safe, but for {@link #newDataFile}.
 */
final class Assembly {
  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

  private final Lake lake;
  private final NewCollection target;

  Assembly(Lake lake, NewCollection target) {
    this.lake = lake;
    this.target = target;
  }

  /** A file in the new table's place, with a name that nobody else uses. */
  OutputFile newDataFile() {
    Table table = target.table();
    return table
        .io()
        .newOutputFile(table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet"));
  }

  OutputFile newIndexFile(String source) {
    String name = source.substring(source.lastIndexOf('/') + 1);
    return lake.registry()
        .io()
        .newOutputFile(lake.indexPrefix() + "/" + target.info().id() + "/" + name);
  }

  /**
   * @param indexes with the new index files, but the sources of the copied files
   */
  Copied commit(List<CopiedFile> files, List<SegmentIndex> indexes) {
    Table table = target.table();
    MetricsConfig metrics = MetricsConfig.forTable(table);
    List<DataFile> data = new ArrayList<>();
    List<DeleteFile> deletes = new ArrayList<>();
    long rows = 0;
    long bytes = 0;
    for (CopiedFile file : files) {
      if (file.rows() == 0) {
        continue;
      }
      InputFile input = table.io().newInputFile(file.location());
      data.add(
          DataFiles.builder(table.spec())
              .withPath(file.location())
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(file.digest().bytes())
              .withMetrics(ParquetUtil.fileMetrics(input, metrics))
              .build());
      if (!file.dead().isEmpty()) {
        TreeMap<CharSequence, BitSet> dead = new TreeMap<>();
        dead.put(file.location(), file.dead());
        deletes.add(RecordFiles.writePositionDeletes(table, dead));
      }
      rows += file.alive();
      bytes += file.digest().bytes();
    }
    List<SegmentIndex> registered = moved(files, indexes);
    lake.registry().register(registered);
    target.commit(data, deletes);
    return new Copied(target.info().id(), data.size(), rows, bytes, registered.size());
  }

  private List<SegmentIndex> moved(List<CopiedFile> files, List<SegmentIndex> indexes) {
    Map<String, CopiedFile> bySource = new HashMap<>();
    files.forEach(file -> bySource.put(file.source(), file));
    // Expiry tells by its age whether the row of a collection that is not there was left over.
    long now = HybridTimestamp.ofMillis(System.currentTimeMillis());
    List<SegmentIndex> moved = new ArrayList<>();
    for (SegmentIndex index : indexes) {
      List<SegmentIndex.SourceFile> sources = new ArrayList<>();
      for (SegmentIndex.SourceFile source : index.sources()) {
        CopiedFile copy = bySource.get(source.path());
        if (copy != null && copy.rows() == source.rows()) {
          sources.add(new SegmentIndex.SourceFile(copy.location(), copy.rows()));
        }
      }
      if (sources.size() == index.sources().size()) {
        moved.add(of(index, target.info().id(), sources, index.file(), now));
      } else {
        LOG.info(
            "index is left out, rows nobody can see were left out of its files segment={} file={}",
            index.segmentId(),
            index.file());
      }
    }
    return moved;
  }

  static SegmentIndex of(
      SegmentIndex index, long collectionId, List<SegmentIndex.SourceFile> sources, String file) {
    return of(index, collectionId, sources, file, index.createdTimestamp());
  }

  private static SegmentIndex of(
      SegmentIndex index,
      long collectionId,
      List<SegmentIndex.SourceFile> sources,
      String file,
      long createdTimestamp) {
    return new SegmentIndex(
        index.segmentId(),
        collectionId,
        index.partition(),
        index.shard(),
        sources,
        index.fieldId(),
        index.indexId(),
        index.type(),
        index.metric(),
        index.parameters(),
        index.version(),
        file,
        index.fileBytes(),
        index.checksum(),
        index.builder(),
        index.buildMs(),
        createdTimestamp);
  }

  /**
   * Takes away what was written, after a failure; nothing if the collection may be there all the
   * same: if it is not, expiry finds the files.
   */
  void undo() {
    if (target.mayBeThere()) {
      LOG.warn(
          "nobody knows whether the copy was committed, its files stay collection={} location={}",
          target.info().id(),
          target.table().location());
      return;
    }
    try {
      lake.registry().removeCollection(target.info().id());
      deletePrefix(target.table().io(), target.table().location());
      deletePrefix(lake.registry().io(), lake.indexPrefix() + "/" + target.info().id());
    } catch (RuntimeException e) {
      // They cost disk until orphans are cleaned up; the failure itself must reach the caller.
      LOG.warn("files of a failed copy stay location={}", target.table().location(), e);
    }
  }

  private static void deletePrefix(FileIO io, String prefix) {
    if (io instanceof SupportsPrefixOperations files) {
      files.deletePrefix(prefix);
    }
  }
}
