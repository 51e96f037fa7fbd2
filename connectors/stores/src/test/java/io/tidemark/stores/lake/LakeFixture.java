package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** A lake in a folder, small collections, and files written by Iceberg's own writers. */
final class LakeFixture implements AutoCloseable {
  static final long CREATED = HybridTimestamp.ofMillis(1_700_000_000_000L);

  final LakeConfig config;
  final Lake lake;

  LakeFixture(Path folder) {
    config = LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    lake = Lake.open(config);
  }

  static FieldSchema field(int id, String name, DataType type) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        false,
        false,
        false,
        false,
        false,
        type == DataType.BINARY_VECTOR ? 16 : type.hasDimension() ? 4 : 0,
        type == DataType.VARCHAR ? 100 : 0,
        null,
        Map.of());
  }

  static FieldSchema key(int id, String name, DataType type) {
    FieldSchema f = field(id, name, type);
    return new FieldSchema(
        id, name, type, "", true, false, false, false, false, 0, f.maxLength(), null, Map.of());
  }

  static CollectionSchema schema(FieldSchema... fields) {
    return new CollectionSchema("", false, 1, List.of(fields));
  }

  static CollectionSchema books() {
    return schema(
        key(100, "id", DataType.INT64),
        field(101, "title", DataType.VARCHAR),
        field(102, "vec", DataType.FLOAT_VECTOR));
  }

  static CollectionInfo info(long id, String name, CollectionSchema schema, int shards) {
    List<Integer> pchannels = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      pchannels.add(i % 2);
    }
    return new CollectionInfo(
        id,
        CollectionInfo.DEFAULT_DATABASE,
        name,
        schema,
        pchannels,
        ConsistencyLevel.BOUNDED,
        CREATED,
        CREATED,
        List.of(new Partition(id + 1, Partition.DEFAULT_NAME, CREATED)),
        List.of(),
        Map.of());
  }

  LakeTable create(CollectionInfo info) {
    lake.createCollection(info);
    return lake.table(info);
  }

  /** A row of {@link #books}. */
  static Map<String, Object> book(long id, long ts, int shard, String partition) {
    Map<String, Object> row = new HashMap<>();
    row.put("id", id);
    row.put("title", "book " + id);
    row.put("vec", List.of((float) id, 1f, 2f, 3f));
    row.put("__ts", ts);
    row.put("__shard", shard);
    row.put("__partition", partition);
    return row;
  }

  static DataFile data(Table table, List<Map<String, Object>> rows) {
    return RecordFiles.writeData(table, records(table.schema(), rows));
  }

  static List<Record> records(Schema schema, List<Map<String, Object>> rows) {
    List<Record> records = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      GenericRecord record = GenericRecord.create(schema);
      row.forEach((name, value) -> {
        if (schema.findField(name) != null) {
          record.setField(name, value);
        }
      });
      records.add(record);
    }
    return records;
  }

  /** A sparse vector as Iceberg's records have it. */
  static Record sparse(
      Table table, String column, @Nullable List<Long> indices, @Nullable List<Float> values) {
    GenericRecord record = GenericRecord.create(table.schema().findType(column).asStructType());
    record.setField("indices", indices);
    record.setField("values", values);
    return record;
  }

  static DataFile books(Table table, long ts, long... ids) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (long id : ids) {
      rows.add(book(id, ts, 0, Partition.DEFAULT_NAME));
    }
    return data(table, rows);
  }

  static DeleteFile deletes(Table table, List<Map<String, Object>> keys) {
    Schema schema = table.schema().select(keys.getFirst().keySet());
    return RecordFiles.writeEqualityDeletes(table, schema, records(schema, keys));
  }

  static DeleteFile deletes(Table table, long... ids) {
    List<Map<String, Object>> keys = new ArrayList<>();
    for (long id : ids) {
      keys.add(Map.of("id", id));
    }
    return deletes(table, keys);
  }

  /** The live keys as Iceberg's own delete filter finds them, sorted. */
  static List<Long> ids(Table table) throws IOException {
    table.refresh();
    List<Long> ids = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        RecordDeletes filter =
            new RecordDeletes(
                table.io(),
                task.file().location(),
                task.deletes(),
                table.schema(),
                table.schema().select("id"));
        try (CloseableIterable<Record> rows =
            RecordFiles.read(
                table.io().newInputFile(task.file()),
                FileFormat.PARQUET,
                filter.requiredSchema())) {
          filter.filter(rows).forEach(row -> ids.add((Long) row.getField("id")));
        }
      }
    }
    ids.sort(null);
    return ids;
  }

  @Override
  public void close() {
    lake.close();
  }
}
