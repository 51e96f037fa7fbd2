package io.tidemark.model.schema;

import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of a collection. Exactly one is the primary key (INT64 or VARCHAR); with {@code
 * dynamic}, the last is {@link FieldSchema#DYNAMIC_NAME}.
 *
 * @param version raised by every change
 */
public record CollectionSchema(
    String description, boolean dynamic, int version, List<FieldSchema> fields)
    implements Serializable {
  public static final int FIELDS_MAX = 64;
  public static final int VECTOR_FIELDS_MAX = 10;

  /** Columns of the lake's tables that no field may be called like. */
  public static final String TIMESTAMP_COLUMN = "__ts";

  public static final String SHARD_COLUMN = "__shard";
  public static final String PARTITION_COLUMN = "__partition";

  private static final Set<String> RESERVED =
      Set.of(
          TIMESTAMP_COLUMN,
          SHARD_COLUMN,
          PARTITION_COLUMN,
          "RowID",
          "Timestamp",
          FieldSchema.DYNAMIC_NAME);

  public CollectionSchema {
    fields = List.copyOf(fields);
    check(dynamic, fields);
  }

  private static void check(boolean dynamic, List<FieldSchema> fields) {
    Set<String> names = new HashSet<>();
    int primaryKeys = 0;
    int vectors = 0;
    int declared = 0;
    for (FieldSchema field : fields) {
      if (!names.add(field.name())) {
        throw TidemarkException.invalid("duplicated field name: " + field.name());
      }
      if (field.dynamic()) {
        continue;
      }
      declared++;
      FieldSchema.checkName("field", field.name());
      if (RESERVED.contains(field.name())) {
        throw TidemarkException.invalid(
            "field name " + field.name() + " is reserved, choose another");
      }
      vectors += field.type().isVector() ? 1 : 0;
      if (field.primaryKey()) {
        primaryKeys++;
        checkPrimaryKey(field);
      } else if (field.autoId()) {
        throw TidemarkException.invalid(
            "only the primary key can be auto id, but field "
                + field.name()
                + " is not the primary key");
      }
    }
    if (primaryKeys != 1) {
      throw TidemarkException.invalid(
          primaryKeys == 0
              ? "primary key is not specified"
              : "there are more than one primary key: expected 1, got " + primaryKeys);
    }
    if (vectors == 0) {
      throw TidemarkException.invalid("schema does not contain vector field");
    }
    if (vectors > VECTOR_FIELDS_MAX) {
      throw TidemarkException.invalid(
          "maximum vector field's number should be limited to "
              + VECTOR_FIELDS_MAX
              + ", but got "
              + vectors);
    }
    if (declared > FIELDS_MAX) {
      throw TidemarkException.invalid(
          "maximum field's number should be limited to " + FIELDS_MAX + ", but got " + declared);
    }
    if (dynamic != fields.getLast().dynamic()) {
      throw new IllegalArgumentException(
          "a dynamic schema ends with the dynamic field, another has none");
    }
  }

  private static void checkPrimaryKey(FieldSchema field) {
    if (field.type() != DataType.INT64 && field.type() != DataType.VARCHAR) {
      throw TidemarkException.invalid(
          "the data type of primary key should be Int64 or VarChar, but field "
              + field.name()
              + " is "
              + field.type());
    }
    if (field.nullable()) {
      throw TidemarkException.invalid(
          "primary field not support null, field name: " + field.name());
    }
    if (field.defaultValue() != null) {
      throw TidemarkException.invalid(
          "primary field not support default_value, field name: " + field.name());
    }
  }

  /**
   * With one more field, which rows written before it lack.
   *
   * @param field gets the next id, whatever it has
   * @throws TidemarkException 1100 if it does not fit the others
   */
  public CollectionSchema withField(FieldSchema field) {
    int id = fields.stream().mapToInt(FieldSchema::id).max().orElseThrow() + 1;
    List<FieldSchema> more = new ArrayList<>(fields);
    more.add(dynamic ? more.size() - 1 : more.size(), field.withId(id));
    return new CollectionSchema(description, dynamic, version + 1, more);
  }

  public FieldSchema primaryKey() {
    return fields.stream().filter(FieldSchema::primaryKey).findFirst().orElseThrow();
  }

  public Optional<FieldSchema> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  public Optional<FieldSchema> field(int id) {
    return fields.stream().filter(f -> f.id() == id).findFirst();
  }

  public Optional<FieldSchema> dynamicField() {
    return dynamic ? Optional.of(fields.getLast()) : Optional.empty();
  }

  public List<FieldSchema> vectorFields() {
    return fields.stream().filter(f -> f.type().isVector()).toList();
  }
}
