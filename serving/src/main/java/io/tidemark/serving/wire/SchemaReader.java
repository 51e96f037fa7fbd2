package io.tidemark.serving.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.milvus.grpc.ValueField;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the schema of a new collection from the wire; what this release can't keep is refused,
 * never dropped.
 */
public final class SchemaReader {
  private static final String DIMENSION = "dim";
  private static final String MAX_LENGTH = "max_length";
  private static final Set<String> TEXT_FEATURES = Set.of("enable_analyzer", "enable_match");

  private SchemaReader() {}

  /**
   * Ids are given out in the order of the fields, from {@link FieldSchema#FIRST_ID}; the dynamic
   * field comes last.
   *
   * @param bytes a serialized {@code schema.CollectionSchema}
   * @throws TidemarkException 1100
   */
  public static CollectionSchema read(ByteString bytes) {
    io.milvus.grpc.CollectionSchema proto;
    try {
      proto = io.milvus.grpc.CollectionSchema.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw TidemarkException.invalid(
          "the schema is no serialized CollectionSchema: " + e.getMessage());
    }
    if (proto.getFunctionsCount() > 0) {
      throw Reasons.notSupportedYet("function " + proto.getFunctions(0).getName());
    }
    if (proto.getStructArrayFieldsCount() > 0) {
      throw Reasons.notSupportedYet("struct field " + proto.getStructArrayFields(0).getName());
    }
    if (proto.getEnableNamespace()) {
      throw Reasons.notSupportedYet("namespace");
    }
    List<FieldSchema> fields = new ArrayList<>();
    for (io.milvus.grpc.FieldSchema given : proto.getFieldsList()) {
      FieldSchema field = field(given, FieldSchema.FIRST_ID + fields.size());
      if (field.nullable() && field.type().isVector()) {
        // As Milvus has it; a vector field added later is nullable, since older rows have none.
        throw TidemarkException.invalid(
            "vector type not support null, field name: " + field.name());
      }
      fields.add(field);
    }
    if (proto.getEnableDynamicField()) {
      fields.add(FieldSchema.dynamicField(FieldSchema.FIRST_ID + fields.size()));
    }
    if (fields.isEmpty()) {
      throw TidemarkException.invalid(
          "the schema has no fields, expected a primary key and a vector field");
    }
    return new CollectionSchema(proto.getDescription(), proto.getEnableDynamicField(), 0, fields);
  }

  /**
   * Reads a field that is added to a collection: rows written before it lack it, so it can be null.
   *
   * @param bytes a serialized {@code schema.FieldSchema}
   * @return without an id of its own
   * @throws TidemarkException 1100
   */
  public static FieldSchema readAdded(ByteString bytes) {
    io.milvus.grpc.FieldSchema proto;
    try {
      proto = io.milvus.grpc.FieldSchema.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw TidemarkException.invalid("the field is no serialized FieldSchema: " + e.getMessage());
    }
    FieldSchema field = field(proto, FieldSchema.FIRST_ID);
    if (field.primaryKey()) {
      throw TidemarkException.invalid("not support to add pk field, field name = " + field.name());
    }
    if (field.autoId()) {
      throw TidemarkException.invalid(
          "The autoID property can be applied to the primary key field only, field name = "
              + field.name());
    }
    if (!field.nullable()) {
      throw TidemarkException.invalid(
          "added field must be nullable, please check it, field name = " + field.name());
    }
    return field;
  }

  private static FieldSchema field(io.milvus.grpc.FieldSchema proto, int id) {
    String name = FieldSchema.checkName("field", proto.getName());
    if (proto.getIsDynamic()) {
      throw TidemarkException.invalid(
          "cannot explicitly set a field as a dynamic field, but field "
              + name
              + " is; set enable_dynamic_field of the schema");
    }
    if (proto.getIsPartitionKey()) {
      throw Reasons.notSupportedYet("partition key (field " + name + ")");
    }
    if (proto.getIsClusteringKey()) {
      throw Reasons.notSupportedYet("clustering key (field " + name + ")");
    }
    if (proto.getIsFunctionOutput()) {
      throw Reasons.notSupportedYet("function output (field " + name + ")");
    }
    DataType type = type(proto, name);
    Map<String, String> parameters = KeyValues.toMap(proto.getTypeParamsList());
    for (String feature : TEXT_FEATURES) {
      if (Boolean.parseBoolean(parameters.get(feature))) {
        throw Reasons.notSupportedYet(feature + " (field " + name + ")");
      }
    }
    int dimension = type.hasDimension() ? dimension(name, type, parameters.get(DIMENSION)) : 0;
    int maxLength = type == DataType.VARCHAR ? maxLength(name, parameters.get(MAX_LENGTH)) : 0;
    if (type == DataType.SPARSE_FLOAT_VECTOR && parameters.containsKey(DIMENSION)) {
      throw TidemarkException.invalid(
          "dim should not be specified for sparse vector field " + name + "(" + id + ")");
    }
    if (!type.isVector() && parameters.containsKey(DIMENSION)) {
      throw TidemarkException.invalid(
          "field "
              + name
              + " of type "
              + wireName(type)
              + " has no dimension, remove type param dim");
    }
    parameters.keySet().removeAll(Set.of(DIMENSION, MAX_LENGTH));
    Object defaultValue =
        proto.hasDefaultValue()
            ? defaultValue(name, type, maxLength, proto.getDefaultValue())
            : null;
    return new FieldSchema(
        id,
        name,
        type,
        proto.getDescription(),
        proto.getIsPrimaryKey(),
        proto.getAutoID(),
        proto.getNullable(),
        false,
        false,
        dimension,
        maxLength,
        defaultValue,
        parameters);
  }

  private static DataType type(io.milvus.grpc.FieldSchema proto, String name) {
    for (DataType type : DataType.values()) {
      if (type.number() == proto.getDataTypeValue()) {
        return type;
      }
    }
    if (proto.getDataType() == io.milvus.grpc.DataType.None
        || proto.getDataType() == io.milvus.grpc.DataType.UNRECOGNIZED) {
      throw TidemarkException.invalid(
          "data type " + proto.getDataTypeValue() + " of field " + name + " is not valid");
    }
    throw Reasons.notSupportedYet("data type " + proto.getDataType() + " (field " + name + ")");
  }

  private static int dimension(String field, DataType type, @Nullable String text) {
    if (text == null) {
      throw TidemarkException.invalid(
          "dimension is not defined in field type params of field "
              + field
              + ", check type param `dim` for vector field");
    }
    return bounded(text, FieldSchema.badDimension(field, type, text));
  }

  private static int maxLength(String field, @Nullable String text) {
    if (text == null) {
      throw TidemarkException.invalid(
          "type param(max_length) should be specified for the field(" + field + ")");
    }
    return bounded(
        text,
        TidemarkException.invalid(
            "the maximum length specified for the field("
                + field
                + ") should be in (0, "
                + FieldSchema.MAX_LENGTH_MAX
                + "], but got "
                + text));
  }

  /** Any int; the range itself is the record's to check. */
  private static int bounded(String text, TidemarkException refusal) {
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      throw refusal;
    }
  }

  private static Object defaultValue(String field, DataType type, int maxLength, ValueField value) {
    return switch (type) {
      case BOOL -> typed(field, type, value, ValueField.DataCase.BOOL_DATA, value.getBoolData());
      case INT8 -> ranged(field, type, value, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case INT16 -> ranged(field, type, value, Short.MIN_VALUE, Short.MAX_VALUE);
      case INT32 -> ranged(field, type, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 -> typed(field, type, value, ValueField.DataCase.LONG_DATA, value.getLongData());
      case FLOAT ->
          finite(
              field,
              (Double)
                  typed(
                      field,
                      type,
                      value,
                      ValueField.DataCase.FLOAT_DATA,
                      (double) value.getFloatData()));
      case DOUBLE ->
          finite(
              field,
              (Double)
                  typed(
                      field, type, value, ValueField.DataCase.DOUBLE_DATA, value.getDoubleData()));
      case VARCHAR ->
          text(
              field,
              (String)
                  typed(field, type, value, ValueField.DataCase.STRING_DATA, value.getStringData()),
              maxLength);
      case JSON,
          FLOAT_VECTOR,
          FLOAT16_VECTOR,
          BFLOAT16_VECTOR,
          INT8_VECTOR,
          BINARY_VECTOR,
          SPARSE_FLOAT_VECTOR ->
          throw TidemarkException.invalid(
              "type (" + wireName(type) + ") not support default_value, field name: " + field);
    };
  }

  private static Object typed(
      String field,
      DataType type,
      ValueField value,
      ValueField.DataCase expected,
      Object converted) {
    if (value.getDataCase() != expected) {
      throw TidemarkException.invalid(
          "type ("
              + wireName(type)
              + ") of field ("
              + field
              + ") is not equal to the type("
              + value.getDataCase()
              + ") of default_value");
    }
    return converted;
  }

  private static Long ranged(String field, DataType type, ValueField value, long min, long max) {
    long number =
        ((Integer) typed(field, type, value, ValueField.DataCase.INT_DATA, value.getIntData()))
            .longValue();
    if (number < min || number > max) {
      throw TidemarkException.invalid(
          "["
              + min
              + " <= value <= "
              + max
              + "] default_value "
              + number
              + " of field "
              + field
              + " is out of range");
    }
    return number;
  }

  private static Double finite(String field, Double number) {
    if (!Double.isFinite(number)) {
      throw TidemarkException.invalid(
          "default_value " + number + " of field " + field + " is not a finite number");
    }
    return number;
  }

  private static String text(String field, String text, int maxLength) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > maxLength) {
      throw TidemarkException.invalid(
          "the length ("
              + length
              + ") of string exceeds max length ("
              + maxLength
              + "): default_value of field "
              + field);
    }
    return text;
  }

  /** The type as the protocol's enum writes it. */
  static String wireName(DataType type) {
    return String.valueOf(io.milvus.grpc.DataType.forNumber(type.number()));
  }
}
