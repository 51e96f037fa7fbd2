package io.tidemark.serving.wire;

import com.google.protobuf.ByteString;
import io.milvus.grpc.BoolArray;
import io.milvus.grpc.CollectionSchema;
import io.milvus.grpc.DataType;
import io.milvus.grpc.DoubleArray;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.FieldSchema;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.IntArray;
import io.milvus.grpc.JSONArray;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.VectorField;
import java.util.Arrays;
import java.util.List;

/** Messages as clients make them. */
final class Protos {
  private Protos() {}

  static FieldSchema.Builder field(String name, DataType type) {
    return FieldSchema.newBuilder().setName(name).setDataType(type);
  }

  static FieldSchema.Builder key(String name) {
    return field(name, DataType.Int64).setIsPrimaryKey(true);
  }

  static FieldSchema.Builder vector(String name, String dimension) {
    return field(name, DataType.FloatVector).addTypeParams(KeyValues.pair("dim", dimension));
  }

  static FieldSchema.Builder text(String name, String maxLength) {
    return field(name, DataType.VarChar).addTypeParams(KeyValues.pair("max_length", maxLength));
  }

  static ByteString schema(boolean dynamic, FieldSchema.Builder... fields) {
    CollectionSchema.Builder schema =
        CollectionSchema.newBuilder().setName("c").setEnableDynamicField(dynamic);
    Arrays.stream(fields).forEach(schema::addFields);
    return schema.build().toByteString();
  }

  static FieldData longs(String name, Long... values) {
    return data(
        name,
        DataType.Int64,
        ScalarField.newBuilder().setLongData(LongArray.newBuilder().addAllData(List.of(values))));
  }

  static FieldData ints(String name, DataType type, Integer... values) {
    return data(
        name,
        type,
        ScalarField.newBuilder().setIntData(IntArray.newBuilder().addAllData(List.of(values))));
  }

  static FieldData booleans(String name, Boolean... values) {
    return data(
        name,
        DataType.Bool,
        ScalarField.newBuilder().setBoolData(BoolArray.newBuilder().addAllData(List.of(values))));
  }

  static FieldData floats(String name, Float... values) {
    return data(
        name,
        DataType.Float,
        ScalarField.newBuilder().setFloatData(FloatArray.newBuilder().addAllData(List.of(values))));
  }

  static FieldData doubles(String name, Double... values) {
    return data(
        name,
        DataType.Double,
        ScalarField.newBuilder()
            .setDoubleData(DoubleArray.newBuilder().addAllData(List.of(values))));
  }

  static FieldData texts(String name, String... values) {
    return data(
        name,
        DataType.VarChar,
        ScalarField.newBuilder()
            .setStringData(StringArray.newBuilder().addAllData(List.of(values))));
  }

  static FieldData json(String name, String... values) {
    JSONArray.Builder array = JSONArray.newBuilder();
    Arrays.stream(values).forEach(value -> array.addData(ByteString.copyFromUtf8(value)));
    return data(name, DataType.JSON, ScalarField.newBuilder().setJsonData(array));
  }

  static FieldData dynamic(String... values) {
    return json("", values).toBuilder().setIsDynamic(true).build();
  }

  static FieldData vectors(String name, int dimension, float... values) {
    FloatArray.Builder array = FloatArray.newBuilder();
    for (float value : values) {
      array.addData(value);
    }
    return FieldData.newBuilder()
        .setFieldName(name)
        .setType(DataType.FloatVector)
        .setVectors(VectorField.newBuilder().setDim(dimension).setFloatVector(array))
        .build();
  }

  static FieldData valid(FieldData data, Boolean... valid) {
    return data.toBuilder().addAllValidData(List.of(valid)).build();
  }

  private static FieldData data(String name, DataType type, ScalarField.Builder values) {
    return FieldData.newBuilder().setFieldName(name).setType(type).setScalars(values).build();
  }
}
