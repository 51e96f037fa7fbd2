package io.tidemark.connectors.client;

import io.milvus.grpc.ValueField;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Schemas on the wire, where the hidden dynamic field is only a flag. */
final class WireSchemas {
  private static final String DIMENSION = "dim";
  private static final String MAX_LENGTH = "max_length";

  private WireSchemas() {}

  /**
   * @throws io.tidemark.model.error.TidemarkException 1100 for a type that this version cannot read
   */
  static CollectionSchema read(io.milvus.grpc.CollectionSchema proto) {
    List<FieldSchema> fields = new ArrayList<>();
    proto.getFieldsList().forEach(field -> fields.add(read(field)));
    if (proto.getEnableDynamicField()) {
      fields.add(FieldSchema.dynamicField(missingId(fields)));
    }
    return new CollectionSchema(
        proto.getDescription(), proto.getEnableDynamicField(), proto.getVersion(), fields);
  }

  /** Ids are given out without gaps, and only the dynamic field's is not told. */
  private static int missingId(List<FieldSchema> fields) {
    Set<Integer> taken = new HashSet<>();
    fields.forEach(field -> taken.add(field.id()));
    int id = FieldSchema.FIRST_ID;
    while (taken.contains(id)) {
      id++;
    }
    return id;
  }

  private static FieldSchema read(io.milvus.grpc.FieldSchema proto) {
    DataType type = DataType.ofNumber(proto.getDataTypeValue());
    Map<String, String> parameters = KeyValues.toMap(proto.getTypeParamsList());
    String dimension = parameters.remove(DIMENSION);
    String maxLength = parameters.remove(MAX_LENGTH);
    return new FieldSchema(
        (int) proto.getFieldID(),
        proto.getName(),
        type,
        proto.getDescription(),
        proto.getIsPrimaryKey(),
        proto.getAutoID(),
        proto.getNullable(),
        false,
        proto.getIsPartitionKey(),
        dimension == null ? 0 : Integer.parseInt(dimension),
        maxLength == null ? 0 : Integer.parseInt(maxLength),
        proto.hasDefaultValue() ? defaultValue(proto.getDefaultValue()) : null,
        parameters);
  }

  private static @Nullable Object defaultValue(ValueField value) {
    return switch (value.getDataCase()) {
      case BOOL_DATA -> value.getBoolData();
      case INT_DATA -> (long) value.getIntData();
      case LONG_DATA -> value.getLongData();
      case FLOAT_DATA -> (double) value.getFloatData();
      case DOUBLE_DATA -> value.getDoubleData();
      case STRING_DATA -> value.getStringData();
      case BYTES_DATA -> value.getBytesData().toStringUtf8();
      case TIMESTAMPTZ_DATA -> value.getTimestamptzData();
      case DATA_NOT_SET -> null;
    };
  }

  static io.milvus.grpc.CollectionSchema write(String name, CollectionSchema schema) {
    io.milvus.grpc.CollectionSchema.Builder builder =
        io.milvus.grpc.CollectionSchema.newBuilder()
            .setName(name)
            .setDescription(schema.description())
            .setEnableDynamicField(schema.dynamic());
    schema.fields().stream()
        .filter(field -> !field.dynamic())
        .forEach(field -> builder.addFields(write(field)));
    return builder.build();
  }

  static io.milvus.grpc.FieldSchema write(FieldSchema field) {
    Map<String, String> parameters = new TreeMap<>(field.parameters());
    if (field.type().hasDimension()) {
      parameters.put(DIMENSION, String.valueOf(field.dimension()));
    }
    if (field.type() == DataType.VARCHAR) {
      parameters.put(MAX_LENGTH, String.valueOf(field.maxLength()));
    }
    io.milvus.grpc.FieldSchema.Builder builder =
        io.milvus.grpc.FieldSchema.newBuilder()
            .setName(field.name())
            .setDescription(field.description())
            .setDataTypeValue(field.type().number())
            .setIsPrimaryKey(field.primaryKey())
            .setAutoID(field.autoId())
            .setNullable(field.nullable())
            .addAllTypeParams(KeyValues.toPairs(parameters));
    Object value = field.defaultValue();
    if (value != null) {
      builder.setDefaultValue(defaultValue(field.type(), value));
    }
    return builder.build();
  }

  private static ValueField defaultValue(DataType type, Object value) {
    ValueField.Builder builder = ValueField.newBuilder();
    return switch (type) {
      case BOOL -> builder.setBoolData((Boolean) value).build();
      case INT8, INT16, INT32 -> builder.setIntData(((Number) value).intValue()).build();
      case INT64 -> builder.setLongData(((Number) value).longValue()).build();
      case FLOAT -> builder.setFloatData(((Number) value).floatValue()).build();
      case DOUBLE -> builder.setDoubleData(((Number) value).doubleValue()).build();
      case VARCHAR, JSON -> builder.setStringData((String) value).build();
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          throw new IllegalArgumentException("a vector has no default");
      case SPARSE_FLOAT_VECTOR -> throw new IllegalArgumentException("a vector has no default");
    };
  }

  static io.milvus.grpc.ConsistencyLevel level(ConsistencyLevel level) {
    return switch (level) {
      case STRONG -> io.milvus.grpc.ConsistencyLevel.Strong;
      case SESSION -> io.milvus.grpc.ConsistencyLevel.Session;
      case BOUNDED -> io.milvus.grpc.ConsistencyLevel.Bounded;
      case EVENTUALLY -> io.milvus.grpc.ConsistencyLevel.Eventually;
      case CUSTOMIZED -> io.milvus.grpc.ConsistencyLevel.Customized;
    };
  }
}
