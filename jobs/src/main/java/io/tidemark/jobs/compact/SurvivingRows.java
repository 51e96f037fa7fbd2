package io.tidemark.jobs.compact;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each row of some files. Rows are numbered over all files in order. Holds their
 * keys, timestamps and values to sort by, not their vectors.
 */
final class SurvivingRows {
  /** What becomes of a row. */
  enum Fate {
    /** A delete has hit it. */
    DELETED,
    /** No delete has, yet it goes: its time is over, or a newer row of its key hides it. */
    OUTLIVED,
    /**
     * Reads refuse it (a vector of a wrong dimension, say). It stays as it is: whoever wrote it may
     * still repair it.
     */
    REFUSED,
    /** It stays. */
    KEPT
  }

  private record PartitionKey(String partition, Object key) {}

  /** What is kept of a file's rows. */
  private record Values(EntityBatch scalars, @Nullable Column partitions) {}

  private final List<LakeFile> files;
  private final int[] first;
  private final Fate[] fates;
  private final long[] timestamps;
  private final List<Values> rows = new ArrayList<>();
  private final List<List<@Nullable Integer>> shards = new ArrayList<>();
  private final Optional<FieldSchema> clusteringKey;
  private final List<FieldSchema> filled;

  private SurvivingRows(CollectionSchema schema, List<LakeFile> files, Optional<FieldSchema> key) {
    this.files = files;
    this.clusteringKey = key;
    this.filled =
        schema.fields().stream()
            .filter(field ->
                !field.type().isVector() && field.nullable() && field.defaultValue() != null)
            .toList();
    this.first = new int[files.size() + 1];
    for (int file = 0; file < files.size(); file++) {
      first[file + 1] = Math.toIntExact(first[file] + files.get(file).rows());
    }
    this.fates = new Fate[first[files.size()]];
    this.timestamps = new long[fates.length];
  }

  /**
   * @param files of the table's snapshot at hand, oldest first
   * @param expireBefore rows with a smaller timestamp go; 0 for none
   * @param clusteringKey the field to sort by
   */
  static SurvivingRows of(
      LakeTable table,
      List<LakeFile> files,
      long expireBefore,
      Optional<FieldSchema> clusteringKey) {
    CollectionSchema schema = table.info().schema();
    SurvivingRows survivors = new SurvivingRows(schema, files, clusteringKey);
    int keyField = schema.primaryKey().id();
    List<Column> keys = new ArrayList<>();
    List<BitSet> refused = new ArrayList<>();
    for (LakeFile file : files) {
      LakeRows read = table.read(file, survivors.fields(schema));
      keys.add(read.batch().column(keyField).orElseThrow());
      refused.add(bits(read.rejected()));
      survivors.add(table, file, read);
    }
    List<BitSet> dead = FileDeletes.of(table, files, keys);
    Map<Object, Integer> newest = new HashMap<>();
    boolean several = files.stream().anyMatch(LakeFile::severalPartitions);
    for (int file = 0; file < files.size(); file++) {
      survivors.decide(file, keys.get(file), dead.get(file), refused.get(file), expireBefore);
      survivors.keepNewest(file, keys.get(file), several, newest);
    }
    return survivors;
  }

  private static BitSet bits(int[] set) {
    BitSet bits = new BitSet();
    for (int bit : set) {
      bits.set(bit);
    }
    return bits;
  }

  /** Vectors too: they tell which rows are refused. */
  private Set<Integer> fields(CollectionSchema schema) {
    Set<Integer> fields = new LinkedHashSet<>();
    schema.vectorFields().forEach(field -> fields.add(field.id()));
    filled.forEach(field -> fields.add(field.id()));
    clusteringKey.ifPresent(field -> fields.add(field.id()));
    return fields;
  }

  private void add(LakeTable table, LakeFile file, LakeRows read) {
    System.arraycopy(
        read.timestamps(), 0, timestamps, first[rows.size()], read.timestamps().length);
    List<Integer> scalars =
        read.batch().columns().entrySet().stream()
            .filter(column -> !column.getValue().type().isVector())
            .map(Map.Entry::getKey)
            .toList();
    rows.add(new Values(read.batch().project(scalars), read.partitions()));
    shards.add(file.shard() == LakeFile.SHARD_UNKNOWN ? shards(table, file) : List.of());
  }

  private static List<@Nullable Integer> shards(LakeTable table, LakeFile file) {
    List<@Nullable Integer> shards = new ArrayList<>();
    try (CloseableIterable<Record> records =
        RecordFiles.read(
            table.iceberg().io().newInputFile(file.path()),
            format(file),
            table.iceberg().schema().select(CollectionSchema.SHARD_COLUMN))) {
      records.forEach(row -> shards.add((Integer) row.getField(CollectionSchema.SHARD_COLUMN)));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + file.path(), e);
    }
    return shards;
  }

  static FileFormat format(LakeFile file) {
    return Optional.ofNullable(FileFormat.fromFileName(file.path())).orElse(FileFormat.PARQUET);
  }

  private void decide(int file, Column keys, BitSet dead, BitSet refused, long expireBefore) {
    for (int row = 0; row < keys.size(); row++) {
      int ordinal = first[file] + row;
      if (dead.get(row)) {
        fates[ordinal] = Fate.DELETED;
      } else if (timestamps[ordinal] < expireBefore) {
        fates[ordinal] = Fate.OUTLIVED;
      } else {
        fates[ordinal] = refused.get(row) ? Fate.REFUSED : Fate.KEPT;
      }
    }
  }

  /** A refused row hides no other, since nobody sees it. */
  private void keepNewest(int file, Column keys, boolean several, Map<Object, Integer> newest) {
    for (int row = 0; row < keys.size(); row++) {
      int ordinal = first[file] + row;
      if (fates[ordinal] != Fate.KEPT) {
        continue;
      }
      Object key = Objects.requireNonNull(keys.value(row));
      Object name = several ? new PartitionKey(partition(file, row), key) : key;
      Integer other = newest.put(name, ordinal);
      if (other == null) {
        continue;
      }
      // Of one timestamp the later one counts, as for reads.
      boolean isNewer = timestamps[ordinal] >= timestamps[other];
      fates[isNewer ? other : ordinal] = Fate.OUTLIVED;
      if (!isNewer) {
        newest.put(name, other);
      }
    }
  }

  private String partition(int file, int row) {
    Column several = rows.get(file).partitions();
    Object name = several == null ? null : several.value(row);
    return name == null ? files.get(file).partition() : name.toString();
  }

  List<LakeFile> files() {
    return files;
  }

  /** All rows, deleted ones too. */
  int size() {
    return fates.length;
  }

  /** Of the first row of a file; of the number of files, how many rows there are. */
  int first(int file) {
    return first[file];
  }

  Fate fate(int ordinal) {
    return fates[ordinal];
  }

  /** What reads take for a row's timestamp. */
  long timestamp(int ordinal) {
    return timestamps[ordinal];
  }

  Place place(int file, int row) {
    LakeFile of = files.get(file);
    return new Place(
        partition(file, row),
        of.shard() == LakeFile.SHARD_UNKNOWN ? shards.get(file).get(row) : (Integer) of.shard());
  }

  /** Whether a file's rows may differ in their places. */
  boolean isMixed(int file) {
    return rows.get(file).partitions() != null || files.get(file).shard() == LakeFile.SHARD_UNKNOWN;
  }

  /**
   * What a field that may be null reads as in a file that was written before there was the field:
   * its default, which has to be written down, since a null that is there stays one.
   */
  @Nullable Object filled(int file, int row, FieldSchema field) {
    return rows.get(file).scalars().column(field.id()).map(c -> c.value(row)).orElse(null);
  }

  /** Fields for which {@link #filled} is to be asked. */
  List<FieldSchema> filled() {
    return filled;
  }

  /** The order of rows by the clustering key, those without a value first; empty without a key. */
  Optional<Comparator<Integer>> order() {
    return clusteringKey.map(field ->
        Comparator.comparing(
            (Integer ordinal) -> clusteringValue(ordinal, field),
            Comparator.nullsFirst(Comparator.naturalOrder())));
  }

  @SuppressWarnings("unchecked") // booleans, numbers and texts have a natural order
  private @Nullable Comparable<Object> clusteringValue(int ordinal, FieldSchema field) {
    int file = file(ordinal);
    return (Comparable<Object>)
        rows.get(file)
            .scalars()
            .column(field.id())
            .map(column -> column.value(ordinal - first[file]))
            .orElse(null);
  }

  private int file(int ordinal) {
    int found = Arrays.binarySearch(first, ordinal);
    int file = found >= 0 ? found : -found - 2;
    // Of files without rows, which begin at the same place, the last one has it.
    while (first[file + 1] <= ordinal) {
      file++;
    }
    return file;
  }
}
