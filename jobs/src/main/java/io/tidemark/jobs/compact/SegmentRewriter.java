package io.tidemark.jobs.compact;

import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.index.SegmentVectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * Writes the surviving rows of some files as one file for each partition, with every column as it
 * is, also those that only other engines know, and builds the indexes of what it wrote. Rows of
 * other engines get the timestamp and the partition that reads gave them. Not thread-safe.
 */
final class SegmentRewriter {
  private final LakeTable table;
  private final LakeSnapshot snapshot;
  private final CompactTask task;
  private final SurvivingRows survivors;
  private final Optional<String> clusteringKey;

  private SegmentRewriter(
      LakeTable table, LakeSnapshot snapshot, CompactTask task, SurvivingRows survivors) {
    this.table = table;
    this.snapshot = snapshot;
    this.task = task;
    this.survivors = survivors;
    this.clusteringKey = ClusteringKey.of(table.info());
  }

  /** One output file, and which rows it has in order, numbered over all inputs. */
  private record Written(DataFile file, String partition, int[] ordinals) {}

  /** Empty if a file of the task is no longer live. */
  static Optional<CompactedFiles> run(
      LakeTable table, CompactTask task, SegmentIndexBuilder indexes, long indexRowsMin)
      throws IOException, InterruptedException {
    LakeSnapshot snapshot = table.snapshot();
    Optional<List<LakeFile>> files = TaskFiles.live(snapshot, task);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    SurvivingRows survivors = SurvivingRows.of(table, files.get(), task.expireBefore());
    return Optional.of(
        new SegmentRewriter(table, snapshot, task, survivors).rewrite(indexes, indexRowsMin));
  }

  private CompactedFiles rewrite(SegmentIndexBuilder indexes, long indexRowsMin)
      throws IOException, InterruptedException {
    List<Written> written = new ArrayList<>();
    List<SegmentIndex> built = new ArrayList<>();
    boolean complete = false;
    try {
      for (String partition : partitions()) {
        written.add(write(partition));
      }
      List<IndexDefinition> definitions =
          table.info().builtIndexes().stream()
              .filter(definition -> definition.type().builds())
              .toList();
      for (int i = 0; i < written.size() && !definitions.isEmpty(); i++) {
        if (written.get(i).ordinals().length >= indexRowsMin) {
          built.addAll(index(written.get(i), task.segmentId() + i, definitions, indexes));
        }
      }
      complete = true;
      return CompactedFiles.of(task, snapshot.snapshotId())
          .with(
              written.stream().map(Written::file).toList(),
              built,
              written.stream().mapToLong(output -> output.ordinals().length).sum());
    } finally {
      if (!complete) {
        written.forEach(output -> table.iceberg().io().deleteFile(output.file().location()));
        built.stream()
            .map(SegmentIndex::file)
            .distinct()
            .forEach(file -> table.iceberg().io().deleteFile(file));
      }
    }
  }

  /** Those that a row survives of. */
  private Set<String> partitions() {
    Set<String> names = new TreeSet<>();
    for (int file = 0; file < survivors.files().size(); file++) {
      BitSet kept = survivors.kept(file);
      for (int row = kept.nextSetBit(0); row >= 0; row = kept.nextSetBit(row + 1)) {
        names.add(survivors.partition(file, row));
        if (!survivors.isOfSeveralPartitions()) {
          break;
        }
      }
    }
    return names;
  }

  private Written write(String partition) {
    List<Integer> ordinals = new ArrayList<>();
    Iceberg rows = new Iceberg(table.iceberg());
    CloseableIterable<Record> stream = rows.of(partition, ordinals);
    DataFile file;
    try (stream) {
      if (clusteringKey.isPresent()) {
        file = writeClustered(clusteringKey.get(), stream, ordinals);
      } else {
        file = RecordFiles.writeData(table.iceberg(), stream);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read files of " + table.iceberg().name(), e);
    }
    return new Written(file, partition, ordinals.stream().mapToInt(Integer::intValue).toArray());
  }

  private record Numbered(Record row, int ordinal) {}

  private DataFile writeClustered(
      String column, CloseableIterable<Record> stream, List<Integer> ordinals) {
    List<Record> rows = new ArrayList<>();
    stream.forEach(row -> rows.add(row.copy()));
    List<Numbered> sorted = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      sorted.add(new Numbered(rows.get(i), ordinals.get(i)));
    }
    sorted.sort(Comparator.comparing(row -> ClusteringKey.value(row.row(), column)));
    ordinals.clear();
    sorted.forEach(row -> ordinals.add(row.ordinal()));
    return RecordFiles.writeData(table.iceberg(), sorted.stream().map(Numbered::row).toList());
  }

  private List<SegmentIndex> index(
      Written output,
      long segmentId,
      List<IndexDefinition> definitions,
      SegmentIndexBuilder indexes)
      throws IOException, InterruptedException {
    BitSet rejected = new BitSet();
    int[] first = survivors.firstOrdinals();
    for (int file = 0; file < survivors.files().size(); file++) {
      for (int row : survivors.rejected(file)) {
        rejected.set(first[file] + row);
      }
    }
    BitSet alive = new BitSet();
    for (int row = 0; row < output.ordinals().length; row++) {
      alive.set(row, !rejected.get(output.ordinals()[row]));
    }
    CollectionInfo info = table.info();
    IndexTask segment =
        new IndexTask(
            info.id(),
            segmentId,
            output.partition(),
            task.shard(),
            List.of(new SourceFile(output.file().location(), output.ordinals().length)),
            definitions,
            1);
    Map<Integer, FloatVectors> vectors = new HashMap<>();
    for (IndexDefinition definition : definitions) {
      vectors.computeIfAbsent(
          definition.fieldId(), field -> survivors.vectors(field, output.ordinals()));
    }
    return indexes.build(segment, SegmentVectors.of(vectors, alive));
  }

  /** The rows as Iceberg's own records, with all columns of the table. */
  private final class Iceberg {
    private final Table iceberg;

    Iceberg(Table iceberg) {
      this.iceberg = iceberg;
    }

    /** The surviving rows of one partition, file by file; {@code ordinals} hears which. */
    CloseableIterable<Record> of(String partition, List<Integer> ordinals) {
      List<CloseableIterable<Record>> parts = new ArrayList<>();
      for (int file = 0; file < survivors.files().size(); file++) {
        parts.add(of(partition, file, ordinals));
      }
      return CloseableIterable.concat(parts);
    }

    private CloseableIterable<Record> of(String partition, int file, List<Integer> ordinals) {
      int first = survivors.firstOrdinals()[file];
      // A filter sees every row once, in order.
      int[] next = {0};
      CloseableIterable<Record> kept =
          CloseableIterable.filter(
              read(survivors.files().get(file)),
              row -> {
                int at = next[0]++;
                boolean stays =
                    survivors.kept(file).get(at) && survivors.partition(file, at).equals(partition);
                if (stays) {
                  ordinals.add(first + at);
                }
                return stays;
              });
      return CloseableIterable.transform(
          kept, row -> complete(row, partition, survivors.timestamp(file, next[0] - 1)));
    }

    private CloseableIterable<Record> read(LakeFile file) {
      return RecordFiles.read(
          iceberg.io().newInputFile(file.path()),
          Optional.ofNullable(FileFormat.fromFileName(file.path())).orElse(FileFormat.PARQUET),
          iceberg.schema());
    }

    private Record complete(Record row, String partition, long timestamp) {
      fill(row, CollectionSchema.TIMESTAMP_COLUMN, timestamp);
      fill(row, CollectionSchema.PARTITION_COLUMN, partition);
      return row;
    }

    private void fill(Record row, String column, @Nullable Object value) {
      if (row.getField(column) == null) {
        row.setField(column, value);
      }
    }
  }
}
