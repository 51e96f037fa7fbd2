package io.tidemark.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.milvus.grpc.CollectionSchema;
import io.milvus.grpc.CreateCollectionRequest;
import io.milvus.grpc.DataType;
import io.milvus.grpc.ErrorCode;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.FieldSchema;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.InsertRequest;
import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.MilvusServiceGrpc;
import io.milvus.grpc.MilvusServiceGrpc.MilvusServiceBlockingStub;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.Status;
import io.milvus.grpc.VectorField;
import io.milvus.shaded.io.grpc.ManagedChannel;
import io.milvus.shaded.io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** The protocol without the SDK, for what the SDK would not send. */
final class RawMilvus implements AutoCloseable {
  private final ManagedChannel channel;

  RawMilvus(String address) {
    channel =
        NettyChannelBuilder.forTarget(address)
            .usePlaintext()
            .maxInboundMessageSize(256 << 20)
            .build();
  }

  /** Calls fail after 60 s. */
  MilvusServiceBlockingStub stub() {
    return MilvusServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  static void assertStatus(Status status, int code, String... words) {
    assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
    assertThat(legacy(status)).as("the older error_code is set too").isNotZero();
    Refusal.assertNamed(status.getReason(), words);
  }

  /** That a row whose vectors are these is refused with 1100, for a field {@code v} of a type. */
  void assertBad(
      TestCollection made,
      io.milvus.v2.common.DataType type,
      VectorField.Builder vectors,
      String... words) {
    FieldData field =
        FieldData.newBuilder()
            .setFieldName("v")
            .setTypeValue(type.getCode())
            .setVectors(vectors)
            .build();
    assertStatus(
        stub().insert(insert(made.name(), 1, longs("id", 1), field)).getStatus(), 1100, words);
  }

  @SuppressWarnings("deprecation") // old clients look at it, so it must be right
  private static int legacy(Status status) {
    ErrorCode code = status.getErrorCode();
    return code.getNumber();
  }

  static CreateCollectionRequest create(String name, FieldSchema... fields) {
    CollectionSchema schema =
        CollectionSchema.newBuilder().setName(name).addAllFields(java.util.List.of(fields)).build();
    return CreateCollectionRequest.newBuilder()
        .setCollectionName(name)
        .setShardsNum(1)
        .setSchema(schema.toByteString())
        .build();
  }

  static FieldSchema key(String name) {
    return FieldSchema.newBuilder()
        .setName(name)
        .setDataType(DataType.Int64)
        .setIsPrimaryKey(true)
        .build();
  }

  static FieldSchema vector(String name, String dimension) {
    return FieldSchema.newBuilder()
        .setName(name)
        .setDataType(DataType.FloatVector)
        .addTypeParams(KeyValuePair.newBuilder().setKey("dim").setValue(dimension))
        .build();
  }

  static FieldSchema scalar(String name, DataType type) {
    return FieldSchema.newBuilder().setName(name).setDataType(type).build();
  }

  static FieldSchema text(String name, String maxLength) {
    return FieldSchema.newBuilder()
        .setName(name)
        .setDataType(DataType.VarChar)
        .addTypeParams(KeyValuePair.newBuilder().setKey("max_length").setValue(maxLength))
        .build();
  }

  static InsertRequest insert(String collection, int rows, FieldData... fields) {
    return InsertRequest.newBuilder()
        .setCollectionName(collection)
        .setNumRows(rows)
        .addAllFieldsData(java.util.List.of(fields))
        .build();
  }

  static FieldData longs(String name, long... values) {
    LongArray.Builder data = LongArray.newBuilder();
    for (long value : values) {
      data.addData(value);
    }
    return FieldData.newBuilder()
        .setFieldName(name)
        .setType(DataType.Int64)
        .setScalars(ScalarField.newBuilder().setLongData(data))
        .build();
  }

  static FieldData json(String name, String... documents) {
    io.milvus.grpc.JSONArray.Builder data = io.milvus.grpc.JSONArray.newBuilder();
    for (String document : documents) {
      data.addData(ByteString.copyFromUtf8(document));
    }
    return FieldData.newBuilder()
        .setFieldName(name)
        .setType(DataType.JSON)
        .setScalars(ScalarField.newBuilder().setJsonData(data))
        .build();
  }

  static FieldData vectors(String name, int dimension, float... values) {
    FloatArray.Builder data = FloatArray.newBuilder();
    for (float value : values) {
      data.addData(value);
    }
    return FieldData.newBuilder()
        .setFieldName(name)
        .setType(DataType.FloatVector)
        .setVectors(VectorField.newBuilder().setDim(dimension).setFloatVector(data))
        .build();
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }
}
