package io.tidemark.serving.wire;

import io.milvus.grpc.FieldData;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rows of an insert or upsert. Everything is checked before anything is returned, so that a bad
 * row refuses the whole request.
 */
public final class EntityReader {
  private static final byte[] NO_KEYS = "{}".getBytes(StandardCharsets.UTF_8);

  private EntityReader() {}

  /** What a request may, must or must not bring for an auto id primary key. */
  public enum AutoId {
    /** An insert: keys are made here. */
    GENERATED,
    /** An upsert: the keys to replace. */
    REQUIRED,
    /** An insert into a collection whose property allow_insert_auto_id is set. */
    OPTIONAL
  }

  /**
   * @param numRows as the request says
   * @return all fields of the schema, with defaults and nulls filled in; an auto id primary key and
   *     nullable vectors that the request did not bring are left out
   * @throws TidemarkException 1100, naming field and row
   */
  public static EntityBatch read(
      List<FieldData> data, long numRows, CollectionSchema schema, AutoId autoId) {
    if (numRows < 1 || numRows > Integer.MAX_VALUE) {
      throw Reasons.invalid("invalid num_rows", numRows, "num_rows should be greater than 0");
    }
    int rows = (int) numRows;
    Map<String, FieldData> byName = byName(data, schema);
    Map<Integer, Column> columns = new TreeMap<>();
    for (FieldSchema field : schema.fields()) {
      FieldData given = byName.get(field.name());
      if (given != null && !(canLackVectors(field) && allNull(given, rows))) {
        checkAutoId(field, autoId);
        columns.put(
            field.id(),
            field.dynamic()
                ? dynamic(given, field, rows, schema)
                : FieldDataReader.read(given, field, rows));
      }
    }
    // Only now, when the given columns have shown that there are as many rows, are the others
    // filled.
    for (FieldSchema field : schema.fields()) {
      boolean made = field.autoId() && autoId != AutoId.REQUIRED;
      if (!columns.containsKey(field.id()) && !made && !canLackVectors(field)) {
        columns.put(field.id(), missing(field, rows));
      }
    }
    return new EntityBatch(rows, columns);
  }

  /** Vectors that are all null would be as large in the log as real ones. */
  private static boolean canLackVectors(FieldSchema field) {
    return field.type().isVector() && field.nullable();
  }

  private static boolean allNull(FieldData given, int rows) {
    return given.getValidDataCount() == rows && !given.getValidDataList().contains(true);
  }

  private static Map<String, FieldData> byName(List<FieldData> data, CollectionSchema schema) {
    Map<String, FieldData> byName = new HashMap<>();
    for (FieldData given : data) {
      String name = given.getIsDynamic() ? FieldSchema.DYNAMIC_NAME : given.getFieldName();
      if (schema.field(name).isEmpty()) {
        throw TidemarkException.invalid(
            name.equals(FieldSchema.DYNAMIC_NAME)
                ? "without dynamic schema enabled, the field name cannot be set to " + name
                : "fieldName "
                    + name
                    + " not exist in collection schema, expected one of "
                    + names(schema));
      }
      if (byName.put(name, given) != null) {
        throw TidemarkException.invalid(
            "duplicated column data for field " + name + ", give each field once");
      }
    }
    return byName;
  }

  private static List<String> names(CollectionSchema schema) {
    return schema.fields().stream().map(FieldSchema::name).toList();
  }

  private static void checkAutoId(FieldSchema field, AutoId autoId) {
    if (field.autoId() && autoId == AutoId.GENERATED) {
      throw TidemarkException.invalid(
          "the primary key "
              + field.name()
              + " is auto generated, no need to input: leave it out, or set the collection's property allow_insert_auto_id");
    }
  }

  private static Column missing(FieldSchema field, int rows) {
    if (field.dynamic()) {
      return ColumnBuilder.constant(field, NO_KEYS, rows);
    }
    if (field.defaultValue() != null || field.nullable()) {
      return ColumnBuilder.constant(field, field.defaultValue(), rows);
    }
    if (field.primaryKey() && field.autoId()) {
      throw TidemarkException.invalid("must assign pk when upsert, primary field: " + field.name());
    }
    throw TidemarkException.invalid(
        "fieldSchema("
            + field.name()
            + ") has no corresponding fieldData pass in, and is neither nullable nor has a default");
  }

  private static Column dynamic(
      FieldData given, FieldSchema field, int rows, CollectionSchema schema) {
    List<com.google.protobuf.ByteString> documents = given.getScalars().getJsonData().getDataList();
    if (documents.size() != rows) {
      throw Reasons.invalid(
          rows,
          documents.size(),
          "the num_rows ("
              + documents.size()
              + ") of field ("
              + field.name()
              + ") is not equal to passed num_rows ("
              + rows
              + ")");
    }
    Set<String> fieldNames = new HashSet<>(names(schema));
    ColumnBuilder builder = new ColumnBuilder(field);
    for (int row = 0; row < rows; row++) {
      byte[] document = documents.get(row).toByteArray();
      int current = row;
      JsonDocuments.checkObject(
          document, "dynamic field, row " + row, key -> checkDynamicKey(key, fieldNames, current));
      builder.append(document);
    }
    return builder.build();
  }

  private static void checkDynamicKey(String key, Set<String> fieldNames, int row) {
    if (key.equals(FieldSchema.DYNAMIC_NAME)) {
      throw TidemarkException.invalid("cannot set json key to: " + key + " (row " + row + ")");
    }
    if (fieldNames.contains(key)) {
      throw TidemarkException.invalid(
          "dynamic field name cannot include the static field name: " + key + " (row " + row + ")");
    }
  }
}
