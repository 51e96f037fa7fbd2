package io.tidemark.jobs.reembed;

import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.DeadRows;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.record.RecordFiles;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The live rows of some files of one snapshot, and the vectors made for them. Rows are numbered
 * over all files in order, dead ones included. Not thread-safe.
 */
final class ReembedRows {
  private final LakeTable table;
  private final List<LakeFile> files;
  private final FieldSchema text;
  private final FieldSchema vector;
  private final List<LakeRows> rows = new ArrayList<>();
  private final List<BitSet> kept = new ArrayList<>();
  private final Map<Integer, float[]> made = new HashMap<>();

  private ReembedRows(LakeTable table, List<LakeFile> files, FieldSchema text, FieldSchema vector) {
    this.table = table;
    this.files = files;
    this.text = text;
    this.vector = vector;
  }

  /**
   * Reads keys, texts and vectors.
   *
   * @param fields other fields that {@link #vectors} will be asked for
   */
  static ReembedRows read(
      LakeTable table,
      List<LakeFile> files,
      FieldSchema text,
      FieldSchema vector,
      Set<Integer> fields) {
    ReembedRows read = new ReembedRows(table, files, text, vector);
    Set<Integer> wanted = new LinkedHashSet<>(fields);
    wanted.add(text.id());
    wanted.add(vector.id());
    DeadRows deletes = new DeadRows(table);
    for (LakeFile file : files) {
      LakeRows some = table.read(file, wanted);
      BitSet stays = new BitSet(some.batch().size());
      stays.set(0, some.batch().size());
      stays.andNot(deletes.of(file, some));
      read.rows.add(some);
      read.kept.add(stays);
    }
    return read;
  }

  /**
   * Live rows with a text whose vector is to be made.
   *
   * @param all whether those that have one count
   */
  List<Integer> wanted(boolean all) {
    List<Integer> wanted = new ArrayList<>();
    int first = 0;
    for (int file = 0; file < rows.size(); file++) {
      Column texts = rows.get(file).batch().columns().get(text.id());
      Column vectors = rows.get(file).batch().columns().get(vector.id());
      BitSet stays = kept.get(file);
      for (int row = stays.nextSetBit(0); row >= 0; row = stays.nextSetBit(row + 1)) {
        boolean lacks = all || vectors == null || vectors.isNull(row);
        if (lacks && texts != null && !texts.isNull(row)) {
          wanted.add(first + row);
        }
      }
      first += rows.get(file).batch().size();
    }
    return wanted;
  }

  /** Makes the vectors of some rows. */
  void embed(Embedder model, List<Integer> ordinals) {
    List<String> texts = new ArrayList<>(ordinals.size());
    int file = 0;
    int first = 0;
    for (int ordinal : ordinals) {
      while (ordinal >= first + rows.get(file).batch().size()) {
        first += rows.get(file).batch().size();
        file++;
      }
      Column column = rows.get(file).batch().columns().get(text.id());
      texts.add(((BytesColumn) java.util.Objects.requireNonNull(column)).string(ordinal - first));
    }
    List<float[]> vectors = model.embed(texts);
    for (int i = 0; i < texts.size(); i++) {
      made.put(ordinals.get(i), vectors.get(i));
    }
  }

  /** Of the rows that stay. */
  Set<String> partitions() {
    Set<String> names = new LinkedHashSet<>();
    for (int file = 0; file < files.size(); file++) {
      BitSet stays = kept.get(file);
      for (int row = stays.nextSetBit(0); row >= 0; row = stays.nextSetBit(row + 1)) {
        names.add(partition(file, row));
        if (rows.get(file).partitions() == null) {
          break;
        }
      }
    }
    return names;
  }

  private String partition(int file, int row) {
    Column several = rows.get(file).partitions();
    Object name = several == null ? null : several.value(row);
    return name == null ? files.get(file).partition() : name.toString();
  }

  /**
   * The rows of a partition that stay, with every column of the table: as they are, but for the
   * vectors made, and with the timestamp and partition that reads gave rows of other engines.
   *
   * @param ordinals hears which they are, in order
   */
  CloseableIterable<Record> records(String partition, List<Integer> ordinals) {
    List<CloseableIterable<Record>> parts = new ArrayList<>();
    int first = 0;
    for (int file = 0; file < files.size(); file++) {
      parts.add(records(file, first, partition, ordinals));
      first += rows.get(file).batch().size();
    }
    return CloseableIterable.concat(parts);
  }

  private CloseableIterable<Record> records(
      int file, int first, String partition, List<Integer> ordinals) {
    String path = files.get(file).path();
    CloseableIterable<Record> all =
        RecordFiles.read(
            table.iceberg().io().newInputFile(path),
            Optional.ofNullable(FileFormat.fromFileName(path)).orElse(FileFormat.PARQUET),
            table.iceberg().schema());
    // A filter sees every row once, in order.
    int[] next = {0};
    CloseableIterable<Record> staying =
        CloseableIterable.filter(
            all,
            row -> {
              int at = next[0]++;
              boolean stays = kept.get(file).get(at) && partition(file, at).equals(partition);
              if (stays) {
                ordinals.add(first + at);
              }
              return stays;
            });
    return CloseableIterable.transform(
        staying, row -> complete(row, file, first, next[0] - 1, partition));
  }

  private Record complete(Record row, int file, int first, int at, String partition) {
    float[] vector = made.get(first + at);
    if (vector != null) {
      row.setField(this.vector.name(), boxed(vector));
    }
    if (row.getField(CollectionSchema.TIMESTAMP_COLUMN) == null) {
      row.setField(CollectionSchema.TIMESTAMP_COLUMN, rows.get(file).timestamps()[at]);
    }
    if (row.getField(CollectionSchema.PARTITION_COLUMN) == null) {
      row.setField(CollectionSchema.PARTITION_COLUMN, partition);
    }
    return row;
  }

  private static List<Float> boxed(float[] vector) {
    List<Float> values = new ArrayList<>(vector.length);
    for (float value : vector) {
      values.add(value);
    }
    return values;
  }

  /** A field's vectors of some rows, those made among them. */
  Vectors vectors(FieldSchema field, int[] ordinals) {
    List<Vectors> parts = new ArrayList<>();
    for (LakeRows some : rows) {
      Column column = some.batch().columns().get(field.id());
      parts.add(column == null ? Vectors.absent(field, some.batch().size()) : Vectors.of(column));
    }
    Vectors gathered = Vectors.concat(parts).gather(ordinals);
    if (field.id() != vector.id()) {
      return gathered;
    }
    Column kept = gathered.column();
    ColumnBuilder values = new ColumnBuilder(field);
    for (int i = 0; i < ordinals.length; i++) {
      float[] now = made.get(ordinals[i]);
      values.append(now == null ? kept.value(i) : now);
    }
    return Vectors.of(values.build());
  }

  /** Those of some rows that reads show. */
  BitSet served(int[] ordinals) {
    BitSet rejected = new BitSet();
    int first = 0;
    for (LakeRows some : rows) {
      for (int row : some.rejected()) {
        rejected.set(first + row);
      }
      first += some.batch().size();
    }
    BitSet served = new BitSet(ordinals.length);
    for (int i = 0; i < ordinals.length; i++) {
      served.set(i, !rejected.get(ordinals[i]));
    }
    return served;
  }
}
