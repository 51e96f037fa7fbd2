package io.tidemark.jobs.compact;

import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.DeadRows;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of some files stay, and their vectors: those that no delete has hit, that have not
 * outlived their time, and that no newer row of their key in the same partition, among these files,
 * has made invisible. Rows that reads refuse (a vector of a wrong dimension, say) stay too: whoever
 * wrote them may still repair them.
 *
 * <p>Keeps the keys and vectors of all the files in memory.
 */
final class SurvivingRows {
  private record Place(int file, int row, long timestamp) {}

  private record PartitionKey(String partition, Object key) {}

  private final List<LakeFile> files;
  private final List<LakeRows> rows = new ArrayList<>();
  private final List<BitSet> kept = new ArrayList<>();
  private final Map<Integer, List<FloatVectors>> vectors = new HashMap<>();

  private SurvivingRows(List<LakeFile> files) {
    this.files = files;
  }

  static SurvivingRows of(LakeTable table, List<LakeFile> files, long expireBefore) {
    SurvivingRows survivors = new SurvivingRows(files);
    DeadRows deletes = new DeadRows(table);
    List<FieldSchema> fields =
        table.info().schema().fields().stream().filter(field -> field.type().isVector()).toList();
    int keyField = table.info().schema().primaryKey().id();
    Map<PartitionKey, Place> newest = new HashMap<>();
    for (LakeFile file : files) {
      LakeRows read = table.read(file, fields.stream().map(FieldSchema::id).toList());
      int size = read.batch().size();
      BitSet stays = new BitSet(size);
      stays.set(0, size);
      stays.andNot(deletes.of(file, read));
      for (int row = 0; expireBefore > 0 && row < size; row++) {
        if (read.timestamps()[row] < expireBefore) {
          stays.clear(row);
        }
      }
      survivors.rows.add(read);
      survivors.kept.add(stays);
      for (FieldSchema field : fields) {
        survivors
            .vectors
            .computeIfAbsent(field.id(), id -> new ArrayList<>())
            .add(vectors(field, read));
      }
      survivors.keepNewest(read.batch().column(keyField).orElseThrow(), newest);
    }
    return survivors;
  }

  private static FloatVectors vectors(FieldSchema field, LakeRows read) {
    Column column = read.batch().column(field.id()).orElse(null);
    return column instanceof FloatVectorColumn floats
        ? FloatVectors.of(floats)
        : FloatVectors.absent(read.batch().size(), field.dimension());
  }

  /** For the file that was read last. */
  private void keepNewest(Column keys, Map<PartitionKey, Place> newest) {
    int file = rows.size() - 1;
    LakeRows read = rows.get(file);
    BitSet candidates = (BitSet) kept.get(file).clone();
    for (int row : read.rejected()) {
      // Nobody sees it, so it hides no other row.
      candidates.clear(row);
    }
    for (int row = candidates.nextSetBit(0); row >= 0; row = candidates.nextSetBit(row + 1)) {
      Object key = Objects.requireNonNull(keys.value(row));
      Place place = new Place(file, row, read.timestamps()[row]);
      PartitionKey name = new PartitionKey(partition(file, row), key);
      Place other = newest.get(name);
      if (other == null || place.timestamp() >= other.timestamp()) {
        newest.put(name, place);
        if (other != null) {
          kept.get(other.file()).clear(other.row());
        }
      } else {
        kept.get(file).clear(row);
      }
    }
  }

  /** The partition that reads count a row to. */
  String partition(int file, int row) {
    Column several = rows.get(file).partitions();
    Object name = several == null ? null : several.value(row);
    return name == null ? files.get(file).partition() : name.toString();
  }

  List<LakeFile> files() {
    return files;
  }

  /** Rows of a file that stay; not to be written to. */
  BitSet kept(int file) {
    return kept.get(file);
  }

  /** What reads take for a row's timestamp. */
  long timestamp(int file, int row) {
    return rows.get(file).timestamps()[row];
  }

  /** Rows of a file that no read shows, ascending. */
  int[] rejected(int file) {
    return rows.get(file).rejected();
  }

  /** The field's vectors of some rows, numbered over all files in order. */
  FloatVectors vectors(int fieldId, int[] ordinals) {
    return FloatVectors.concat(Objects.requireNonNull(vectors.get(fieldId))).gather(ordinals);
  }

  /** Of the first row of each file, over all files in order; last the number of all rows. */
  int[] firstOrdinals() {
    int[] first = new int[files.size() + 1];
    for (int file = 0; file < files.size(); file++) {
      first[file + 1] = first[file] + rows.get(file).batch().size();
    }
    return first;
  }

  /** Whether any row's partition differs from its file's. */
  boolean isOfSeveralPartitions() {
    return rows.stream().map(LakeRows::partitions).anyMatch(SurvivingRows::isThere);
  }

  private static boolean isThere(@Nullable Column column) {
    return column != null;
  }
}
