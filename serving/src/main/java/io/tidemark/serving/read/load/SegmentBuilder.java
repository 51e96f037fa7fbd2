package io.tidemark.serving.read.load;

import io.tidemark.engine.segment.KeyLookup;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.cache.FileRows;
import io.tidemark.serving.read.view.RowSegment;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a segment, without indexes, of the mapped rows of its data files: vectors and timestamps
 * are copied to the heap, the other columns stay mapped. Stateless.
 */
final class SegmentBuilder {
  private SegmentBuilder() {}

  /**
   * @param files the rows of {@code plan}'s files, in its order
   */
  static RowSegment build(SegmentPlan plan, List<FileRows> files, CollectionInfo info) {
    int total = Math.toIntExact(files.stream().mapToLong(FileRows::size).sum());
    int keyField = info.schema().primaryKey().id();
    Map<Integer, Vectors> vectors = new HashMap<>();
    for (FieldSchema field : info.schema().vectorFields()) {
      Vectors joined = vectors(files, field);
      if (joined != null) {
        vectors.put(field.id(), joined);
      }
    }
    List<EntityBatch> parts = new ArrayList<>();
    List<EntityBatch> keys = new ArrayList<>();
    long[] timestamps = new long[total];
    int next = 0;
    for (FileRows file : files) {
      parts.add(scalars(file.batch()));
      keys.add(file.batch().project(List.of(keyField)));
      for (int row = 0; row < file.size(); row++) {
        timestamps[next++] = file.timestamps().get(row);
      }
    }
    LakeFile first = plan.files().getFirst();
    boolean oneShard = plan.files().stream().allMatch(file -> file.shard() == first.shard());
    EntityBatch keyRows = EntityBatch.concat(keys);
    Segment segment =
        new Segment(
            id(plan),
            first.partition(),
            oneShard ? first.shard() : Segment.ANY_SHARD,
            keyRows,
            timestamps,
            vectors,
            Map.of(),
            KeyLookup.of(key(keyRows, keyField, first)));
    return new RowSegment(segment, keyField, parts, partitions(plan, files), Map.of());
  }

  /** Rows of all files that no read may show, by their ordinal. */
  static BitSet rejected(List<FileRows> files) {
    BitSet rejected = new BitSet();
    int start = 0;
    for (FileRows file : files) {
      int from = start;
      file.rejected().stream().forEach(row -> rejected.set(from + row));
      start += file.size();
    }
    return rejected;
  }

  private static String id(SegmentPlan plan) {
    if (!plan.indexes().isEmpty()) {
      return Long.toString(plan.indexes().getFirst().segmentId());
    }
    String location = plan.files().getFirst().path();
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private static Column key(EntityBatch rows, int keyField, LakeFile file) {
    return rows.column(keyField)
        .orElseThrow(() -> new IllegalStateException(file.path() + " was read without its key"));
  }

  private static EntityBatch scalars(EntityBatch batch) {
    List<Integer> scalars = new ArrayList<>();
    batch
        .columns()
        .forEach((field, column) -> {
          if (!column.type().isVector()) {
            scalars.add(field);
          }
        });
    return batch.project(scalars);
  }

  /**
   * Null if no file has the field, or one has it in another dimension. The rows of a file that was
   * cached before there was the field have no vector of it.
   */
  private static @Nullable Vectors vectors(List<FileRows> files, FieldSchema field) {
    List<Vectors> parts = new ArrayList<>();
    boolean some = false;
    for (FileRows file : files) {
      Column column = file.batch().columns().get(field.id());
      if (column == null) {
        parts.add(Vectors.absent(field, file.size()));
      } else {
        Vectors vectors = Vectors.of(column);
        if (vectors.type() != field.type() || vectors.dimension() != field.dimension()) {
          return null;
        }
        parts.add(vectors);
        some = true;
      }
    }
    return some ? Vectors.concat(parts) : null;
  }

  /** Null if all rows are of the first file's partition. */
  private static @Nullable Column partitions(SegmentPlan plan, List<FileRows> files) {
    String first = plan.files().getFirst().partition();
    boolean one =
        plan.files().stream().allMatch(file -> file.partition().equals(first))
            && files.stream().allMatch(file -> file.partitions() == null);
    if (one) {
      return null;
    }
    List<@Nullable String> names = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      FileRows file = files.get(i);
      if (file.partitions() instanceof BytesColumn column) {
        for (int row = 0; row < file.size(); row++) {
          names.add(column.isNull(row) ? plan.files().get(i).partition() : column.string(row));
        }
      } else {
        names.addAll(Collections.nCopies(file.size(), plan.files().get(i).partition()));
      }
    }
    return BytesColumn.ofStrings(DataType.VARCHAR, names);
  }
}
