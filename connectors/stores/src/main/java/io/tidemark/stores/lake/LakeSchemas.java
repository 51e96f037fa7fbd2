package io.tidemark.stores.lake;

import static org.apache.iceberg.TableProperties.COMMIT_MAX_RETRY_WAIT_MS;
import static org.apache.iceberg.TableProperties.COMMIT_MIN_RETRY_WAIT_MS;
import static org.apache.iceberg.TableProperties.COMMIT_NUM_RETRIES;
import static org.apache.iceberg.TableProperties.COMMIT_TOTAL_RETRY_TIME_MS;
import static org.apache.iceberg.TableProperties.DEFAULT_WRITE_METRICS_MODE;
import static org.apache.iceberg.TableProperties.FORMAT_VERSION;
import static org.apache.iceberg.TableProperties.MAX_SNAPSHOT_AGE_MS;
import static org.apache.iceberg.TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED;
import static org.apache.iceberg.TableProperties.METADATA_PREVIOUS_VERSIONS_MAX;
import static org.apache.iceberg.TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX;
import static org.apache.iceberg.TableProperties.MIN_SNAPSHOTS_TO_KEEP;
import static org.apache.iceberg.TableProperties.PARQUET_COMPRESSION;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * How a collection looks as an Iceberg table.
 *
 * <p>A column has its field's name. Types: BOOL boolean; INT8, INT16, INT32 int; INT64 long; FLOAT
 * float; DOUBLE double; VARCHAR, JSON string; FLOAT_VECTOR, FLOAT16_VECTOR and BFLOAT16_VECTOR
 * list&lt;float&gt;, INT8_VECTOR list&lt;int&gt;, both with required elements; BINARY_VECTOR
 * binary, the bytes as on the wire; SPARSE_FLOAT_VECTOR struct&lt;indices: list&lt;long&gt;,
 * values: list&lt;float&gt;&gt;, both required and of the same length, indices ascending. Only the
 * primary key, which is the table's identifier field, is required: every other column is optional
 * whatever the field says, so that another engine can append what it has and so that a field can be
 * added to a table with rows. Last come the hidden columns {@code __ts} long, {@code __shard} int
 * and {@code __partition} string, null in rows of other engines.
 *
 * <p>Iceberg gives columns ids of its own, which differ from the field ids; the table properties
 * keep the field ids by name.
 */
public final class LakeSchemas {
  /** Snapshots older than this are expired, so nobody can read them any more. */
  static final Duration SNAPSHOT_AGE_MAX = Duration.ofHours(1);

  static final String SPARSE_INDICES = "indices";
  static final String SPARSE_VALUES = "values";

  private LakeSchemas() {}

  /** Ids run from 1; {@code createTable} may give others. */
  public static Schema toIceberg(CollectionSchema schema) {
    List<NestedField> columns = new ArrayList<>();
    AtomicInteger ids = new AtomicInteger();
    int key = 0;
    for (FieldSchema field : schema.fields()) {
      int columnId = ids.incrementAndGet();
      Type type = TypeUtil.assignFreshIds(columnType(field.type()), ids::incrementAndGet);
      columns.add(
          NestedField.builder()
              .withId(columnId)
              .withName(field.name())
              .ofType(type)
              .isOptional(!field.primaryKey())
              .withDoc(field.description().isEmpty() ? null : field.description())
              .build());
      if (field.primaryKey()) {
        key = columnId;
      }
    }
    columns.add(
        NestedField.optional(
            ids.incrementAndGet(), CollectionSchema.TIMESTAMP_COLUMN, Types.LongType.get()));
    columns.add(
        NestedField.optional(
            ids.incrementAndGet(), CollectionSchema.SHARD_COLUMN, Types.IntegerType.get()));
    columns.add(
        NestedField.optional(
            ids.incrementAndGet(), CollectionSchema.PARTITION_COLUMN, Types.StringType.get()));
    return new Schema(columns, Set.of(key));
  }

  /** The column type of a field; what is inside it has no good ids until Iceberg gives them. */
  static Type columnType(DataType type) {
    return switch (type) {
      case BOOL -> Types.BooleanType.get();
      case INT8, INT16, INT32 -> Types.IntegerType.get();
      case INT64 -> Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case VARCHAR, JSON -> Types.StringType.get();
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          Types.ListType.ofRequired(0, Types.FloatType.get());
      case INT8_VECTOR -> Types.ListType.ofRequired(0, Types.IntegerType.get());
      case BINARY_VECTOR -> Types.BinaryType.get();
      case SPARSE_FLOAT_VECTOR ->
          Types.StructType.of(
              NestedField.required(
                  1, SPARSE_INDICES, Types.ListType.ofRequired(2, Types.LongType.get())),
              NestedField.required(
                  3, SPARSE_VALUES, Types.ListType.ofRequired(4, Types.FloatType.get())));
    };
  }

  /** All properties of a new table: those that describe the collection, and how to write it. */
  public static Map<String, String> tableProperties(CollectionInfo info) {
    Map<String, String> properties = new HashMap<>(CollectionProperties.encode(info));
    properties.putAll(upkeep());
    properties.put(PARQUET_COMPRESSION, "zstd");
    // A dictionary of floats only costs time, and bars the fast way of reading vectors.
    properties.put("parquet.enable.dictionary", "false");
    properties.put(DEFAULT_WRITE_METRICS_MODE, "none");
    for (String column :
        List.of(
            info.schema().primaryKey().name(),
            CollectionSchema.TIMESTAMP_COLUMN,
            CollectionSchema.SHARD_COLUMN,
            CollectionSchema.PARTITION_COLUMN)) {
      properties.put(METRICS_MODE_COLUMN_CONF_PREFIX + column, "full");
    }
    return properties;
  }

  /** How any table of ours is committed to and kept small. */
  static Map<String, String> upkeep() {
    return Map.of(
        FORMAT_VERSION, "2",
        METADATA_DELETE_AFTER_COMMIT_ENABLED, "true",
        METADATA_PREVIOUS_VERSIONS_MAX, "10",
        MAX_SNAPSHOT_AGE_MS, Long.toString(SNAPSHOT_AGE_MAX.toMillis()),
        MIN_SNAPSHOTS_TO_KEEP, "1",
        COMMIT_NUM_RETRIES, "20",
        COMMIT_MIN_RETRY_WAIT_MS, "10",
        COMMIT_MAX_RETRY_WAIT_MS, "1000",
        COMMIT_TOTAL_RETRY_TIME_MS, "60000");
  }

  /** The table property that holds a shard's position; also a key of snapshot summaries. */
  public static String positionProperty(int shard) {
    return "tidemark.position." + shard;
  }
}
