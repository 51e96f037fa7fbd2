package io.tidemark.serving.wire;

import io.milvus.grpc.ValueField;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.Map;
import java.util.TreeMap;

/** Writes a collection's schema as clients know it: without the hidden dynamic field. */
public final class SchemaWriter {
  private SchemaWriter() {}

  public static io.milvus.grpc.CollectionSchema write(CollectionInfo info) {
    CollectionSchema schema = info.schema();
    io.milvus.grpc.CollectionSchema.Builder builder =
        io.milvus.grpc.CollectionSchema.newBuilder()
            .setName(info.name())
            .setDbName(info.database())
            .setDescription(schema.description())
            .setEnableDynamicField(schema.dynamic())
            .setVersion(schema.version());
    for (FieldSchema field : schema.fields()) {
      if (!field.dynamic()) {
        builder.addFields(field(field));
      }
    }
    return builder.build();
  }

  private static io.milvus.grpc.FieldSchema field(FieldSchema field) {
    Map<String, String> parameters = new TreeMap<>(field.parameters());
    if (field.type().hasDimension()) {
      parameters.put("dim", String.valueOf(field.dimension()));
    }
    if (field.type() == DataType.VARCHAR) {
      parameters.put("max_length", String.valueOf(field.maxLength()));
    }
    io.milvus.grpc.FieldSchema.Builder builder =
        io.milvus.grpc.FieldSchema.newBuilder()
            .setFieldID(field.id())
            .setName(field.name())
            .setDescription(field.description())
            .setDataTypeValue(field.type().number())
            .setIsPrimaryKey(field.primaryKey())
            .setAutoID(field.autoId())
            .setNullable(field.nullable())
            .setIsPartitionKey(field.partitionKey())
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
}
