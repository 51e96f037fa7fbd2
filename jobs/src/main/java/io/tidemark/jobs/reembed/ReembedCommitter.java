package io.tidemark.jobs.reembed;

import io.tidemark.engine.vector.Vectors;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.index.SegmentVectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.RewriteCommitter;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts rewritten rows in the place of their files: writes the data files, builds and registers
 * their indexes, then commits, so that searches go from indexed files to indexed files. What a
 * commit that loses leaves is removed. Not thread-safe.
 */
final class ReembedCommitter {
  private static final Logger LOG = LoggerFactory.getLogger(ReembedCommitter.class);

  private final Lake lake;
  private final ReembedOptions options;

  ReembedCommitter(Lake lake, ReembedOptions options) {
    this.lake = lake;
    this.options = options;
  }

  /**
   * @param planned what the rows were read from
   * @return the new files; empty if the commit lost a race and is to be planned anew
   */
  Optional<List<String>> commit(
      LakeTable table,
      LakeSnapshot planned,
      List<LakeFile> removed,
      ReembedTask task,
      ReembedRows rows)
      throws IOException, InterruptedException {
    List<DataFile> added = new ArrayList<>();
    List<SegmentIndex> indexes = new ArrayList<>();
    boolean committed = false;
    try {
      for (String partition : rows.partitions()) {
        List<Integer> ordinals = new ArrayList<>();
        DataFile file;
        try (CloseableIterable<Record> records = rows.records(partition, ordinals)) {
          file = RecordFiles.writeData(table.iceberg(), records);
        }
        added.add(file);
        indexes.addAll(
            index(
                table.info(),
                task,
                partition,
                file,
                rows,
                ordinals.stream().mapToInt(Integer::intValue).toArray()));
      }
      if (!indexes.isEmpty()) {
        lake.registry().register(indexes);
      }
      committed =
          RewriteCommitter.commit(
              table,
              planned,
              removed,
              added,
              Map.of(RewriteCommitter.NEW_VALUES, options.into() + " by " + options.model()));
    } finally {
      if (!committed) {
        discard(table, added, indexes);
      }
    }
    return committed
        ? Optional.of(added.stream().map(DataFile::location).toList())
        : Optional.empty();
  }

  private List<SegmentIndex> index(
      CollectionInfo collection,
      ReembedTask task,
      String partition,
      DataFile file,
      ReembedRows rows,
      int[] ordinals)
      throws IOException, InterruptedException {
    List<IndexDefinition> definitions = built(collection);
    if (definitions.isEmpty() || ordinals.length < options.indexRowsMin()) {
      return List.of();
    }
    IndexTask segment =
        new IndexTask(
            task.collectionId(),
            segmentId(task),
            partition,
            task.shard(),
            List.of(new SourceFile(file.location(), ordinals.length)),
            definitions,
            1);
    Map<Integer, Vectors> vectors = new HashMap<>();
    for (IndexDefinition definition : definitions) {
      vectors.computeIfAbsent(
          definition.fieldId(),
          id -> rows.vectors(collection.schema().field(id).orElseThrow(), ordinals));
    }
    return new SegmentIndexBuilder(lake, options.threads(), done -> {})
        .build(segment, SegmentVectors.of(vectors, rows.served(ordinals)));
  }

  /** What segments get index files for. */
  static List<IndexDefinition> built(CollectionInfo collection) {
    return collection.builtIndexes().stream().filter(index -> index.type().builds()).toList();
  }

  /** Unique: no other segment of the collection is made of files of this task. */
  private long segmentId(ReembedTask task) {
    long newest =
        lake.registry().list(task.collectionId()).stream()
            .mapToLong(SegmentIndex::segmentId)
            .max()
            .orElse(0);
    return Math.max(HybridTimestamp.ofMillis(System.currentTimeMillis()), newest + 1);
  }

  /** Registered first and then the commit failed: nobody will ever look for these. */
  private void discard(LakeTable table, List<DataFile> added, List<SegmentIndex> indexes) {
    table.refresh();
    Set<String> live = Set.copyOf(table.snapshot().files().stream().map(LakeFile::path).toList());
    if (added.stream().anyMatch(file -> live.contains(file.location()))) {
      // The commit's answer was lost, not the commit.
      return;
    }
    if (!indexes.isEmpty()) {
      lake.registry().replace(indexes, List.of());
    }
    indexes.stream().map(SegmentIndex::file).distinct().forEach(this::delete);
    added.forEach(file -> delete(file.location()));
  }

  private void delete(String location) {
    try {
      lake.registry().io().deleteFile(location);
    } catch (NotFoundException e) {
      LOG.debug("useless file is gone already file={}", location);
    }
  }
}
