package io.tidemark.jobs.compact;

import io.tidemark.engine.vector.Vectors;
import io.tidemark.jobs.compact.Output.Kind;
import io.tidemark.jobs.index.BuildMemory;
import io.tidemark.jobs.index.IndexPlanner;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.index.SegmentVectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.Column;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.ClusteringKey;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the surviving rows of some files as files of one partition and shard each, of about a
 * segment's size, and builds the indexes of each. Not thread-safe.
 */
final class SegmentRewriter {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentRewriter.class);

  private final Lake lake;
  private final SegmentIndexBuilder indexes;
  private final long indexRowsMin;

  SegmentRewriter(Lake lake, SegmentIndexBuilder indexes, long indexRowsMin) {
    this.lake = lake;
    this.indexes = indexes;
    this.indexRowsMin = indexRowsMin;
  }

  /**
   * Leaves nothing behind if it fails.
   *
   * @param files the task's in that snapshot
   */
  CompactedFiles run(LakeTable table, LakeSnapshot snapshot, List<LakeFile> files, CompactTask task)
      throws IOException, InterruptedException {
    Optional<FieldSchema> clusteringKey = clusteringKey(table.info());
    SurvivingRows rows = SurvivingRows.of(table, files, task.expireBefore(), clusteringKey);
    List<Output> outputs = OutputPlanner.plan(rows, task);
    List<DataFile> written =
        OutputWriter.write(
            table.iceberg(), rows, outputs, 2 * task.segmentRows(), clusteringKey.isPresent());
    List<SegmentIndex> built = new ArrayList<>();
    boolean complete = false;
    try {
      long segmentId = task.firstSegmentId();
      for (int i = 0; i < outputs.size(); i++) {
        boolean isIndexed =
            outputs.get(i).kind() == Kind.CLEAN
                && outputs.get(i).ordinals().length >= indexRowsMin
                && segmentId < task.firstSegmentId() + task.segmentIds();
        if (isIndexed) {
          index(table, outputs.get(i).place(), written.get(i), segmentId++, built);
        }
      }
      complete = true;
    } finally {
      if (!complete) {
        written.forEach(file -> table.iceberg().io().deleteFile(file.location()));
        SegmentIndexBuilder.discard(
            lake, built.stream().map(SegmentIndex::file).distinct().toList());
      }
    }
    CompactedFiles result = CompactedFiles.of(task, snapshot, files);
    result.added = CompactedFiles.bytes(files(outputs, written, false));
    result.outlived = CompactedFiles.bytes(files(outputs, written, true));
    result.indexes = built;
    result.filesAdded = files(outputs, written, false).size();
    result.rowsKept = rowsKept(outputs);
    return result;
  }

  private static long rowsKept(List<Output> outputs) {
    return outputs.stream()
        .filter(output -> output.kind() != Kind.OUTLIVED)
        .mapToLong(output -> output.ordinals().length)
        .sum();
  }

  private static List<DataFile> files(
      List<Output> outputs, List<DataFile> written, boolean outlived) {
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      if ((outputs.get(i).kind() == Kind.OUTLIVED) == outlived) {
        files.add(written.get(i));
      }
    }
    return files;
  }

  /** A bad one is the collection's owner's to mend; its files are merged all the same. */
  private static Optional<FieldSchema> clusteringKey(CollectionInfo info) {
    try {
      return ClusteringKey.of(info);
    } catch (TidemarkException e) {
      LOG.warn("rows are not clustered collection={} reason={}", info.name(), e.getMessage());
      return Optional.empty();
    }
  }

  private void index(
      LakeTable table, Place place, DataFile file, long segmentId, List<SegmentIndex> built)
      throws IOException, InterruptedException {
    List<IndexDefinition> definitions =
        table.info().builtIndexes().stream().filter(d -> d.type().builds()).toList();
    if (definitions.isEmpty()) {
      return;
    }
    try (BuildMemory.Taken memory =
        BuildMemory.ofThisProcess()
            .take(
                table.info(), segmentId, definitions, file.recordCount(), file.fileSizeInBytes())) {
      index(table, place, file, segmentId, definitions, built);
    }
  }

  private void index(
      LakeTable table,
      Place place,
      DataFile file,
      long segmentId,
      List<IndexDefinition> definitions,
      List<SegmentIndex> built)
      throws IOException, InterruptedException {
    List<Integer> fields = definitions.stream().map(IndexDefinition::fieldId).distinct().toList();
    LakeRows rows = table.readUncommitted(file, fields);
    Map<Integer, Vectors> vectors = new HashMap<>();
    for (Integer id : fields) {
      FieldSchema field = table.info().schema().field(id).orElseThrow();
      Column column = rows.batch().columns().get(id);
      vectors.put(
          id, column == null ? Vectors.absent(field, rows.batch().size()) : Vectors.of(column));
    }
    BitSet alive = new BitSet();
    alive.set(0, rows.batch().size());
    int version = 0;
    for (List<IndexDefinition> together : IndexPlanner.onePerField(definitions)) {
      IndexTask segment =
          new IndexTask(
              table.info().id(),
              segmentId,
              place.partition(),
              place.shardOrUnknown(),
              List.of(new SourceFile(file.location(), file.recordCount())),
              together,
              ++version);
      built.addAll(indexes.build(segment, SegmentVectors.of(vectors, alive)));
    }
  }
}
