package io.tidemark.serving.wire;

import static io.tidemark.serving.wire.Protos.field;
import static io.tidemark.serving.wire.Protos.key;
import static io.tidemark.serving.wire.Protos.schema;
import static io.tidemark.serving.wire.Protos.text;
import static io.tidemark.serving.wire.Protos.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.milvus.grpc.DataType;
import io.milvus.grpc.FieldSchema;
import io.milvus.grpc.FunctionSchema;
import io.milvus.grpc.ValueField;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaReaderTest {
  @Test
  void everythingOfASchemaComesBack() {
    ByteString bytes =
        schema(
            true,
            key("id").setDescription("the key"),
            text("name", "64")
                .setNullable(true)
                .setDefaultValue(ValueField.newBuilder().setStringData("nobody")),
            field("small", DataType.Int8).setDefaultValue(ValueField.newBuilder().setIntData(-7)),
            field("big", DataType.Int64)
                .setDefaultValue(ValueField.newBuilder().setLongData(1L << 60)),
            field("flag", DataType.Bool).setDefaultValue(ValueField.newBuilder().setBoolData(true)),
            field("ratio", DataType.Float)
                .setDefaultValue(ValueField.newBuilder().setFloatData(0.25f)),
            field("exact", DataType.Double)
                .setDefaultValue(ValueField.newBuilder().setDoubleData(0.1)),
            field("doc", DataType.JSON).setNullable(true),
            vector("vec", "128").addTypeParams(KeyValues.pair("mmap.enabled", "true")));

    CollectionSchema read = SchemaReader.read(bytes);

    assertThat(read.fields())
        .extracting(f -> f.id())
        .containsExactly(100, 101, 102, 103, 104, 105, 106, 107, 108, 109);
    assertThat(read.dynamicField().orElseThrow().name()).isEqualTo("$meta");
    assertThat(read.field("small").orElseThrow().defaultValue()).isEqualTo(-7L);
    assertThat(read.field("vec").orElseThrow().parameters())
        .containsExactlyEntriesOf(Map.of("mmap.enabled", "true"));
    io.milvus.grpc.CollectionSchema written = SchemaWriter.write(info(read));
    assertThat(written.getFieldsList())
        .extracting(FieldSchema::getName)
        .doesNotContain("$meta")
        .hasSize(9);
    assertThat(SchemaReader.read(written.toByteString())).isEqualTo(read);
  }

  private static CollectionInfo info(CollectionSchema schema) {
    return new CollectionInfo(
        1,
        "default",
        "c",
        schema,
        List.of(0),
        ConsistencyLevel.BOUNDED,
        1,
        1,
        List.of(),
        List.of(),
        Map.of());
  }

  static Stream<Arguments> badSchemas() {
    FieldSchema.Builder vec = vector("vec", "4");
    return Stream.of(
        Arguments.of("no primary key", "primary key is not specified", schema(false, vec)),
        Arguments.of(
            "two primary keys",
            "more than one primary key",
            schema(false, key("a"), key("b"), vec)),
        Arguments.of(
            "a primary key of a wrong type",
            "should be Int64 or VarChar",
            schema(false, field("a", DataType.Float).setIsPrimaryKey(true), vec)),
        Arguments.of(
            "a nullable primary key",
            "not support null",
            schema(false, key("a").setNullable(true), vec)),
        Arguments.of("no vector", "does not contain vector field", schema(false, key("a"))),
        Arguments.of("dim 0", "invalid dimension: 0", schema(false, key("a"), vector("v", "0"))),
        Arguments.of("dim -1", "invalid dimension: -1", schema(false, key("a"), vector("v", "-1"))),
        Arguments.of(
            "dim 32769", "invalid dimension: 32769", schema(false, key("a"), vector("v", "32769"))),
        Arguments.of(
            "dim abc", "invalid dimension: abc", schema(false, key("a"), vector("v", "abc"))),
        Arguments.of(
            "dim beyond int",
            "invalid dimension: 99999999999",
            schema(false, key("a"), vector("v", "99999999999"))),
        Arguments.of(
            "no dim",
            "dimension is not defined",
            schema(false, key("a"), field("v", DataType.FloatVector))),
        Arguments.of(
            "duplicate names",
            "duplicated field name: a",
            schema(false, key("a"), field("a", DataType.Bool), vec)),
        Arguments.of(
            "a reserved name",
            "reserved",
            schema(false, key("a"), field("__ts", DataType.Int64), vec)),
        Arguments.of(
            "the dynamic field's name",
            "Invalid field name",
            schema(false, key("a"), field("$meta", DataType.JSON), vec)),
        Arguments.of("an empty name", "should not be empty", schema(false, key(""), vec)),
        Arguments.of("a long name", "255", schema(false, key("a".repeat(256)), vec)),
        Arguments.of("a leading digit", "Invalid field name: 1a", schema(false, key("1a"), vec)),
        Arguments.of("a;b", "Invalid field name: a;b", schema(false, key("a;b"), vec)),
        Arguments.of("../", "Invalid field name: ../", schema(false, key("../"), vec)),
        Arguments.of("NUL", "Invalid field name: a?", schema(false, key("a\0"), vec)),
        Arguments.of(
            "no max_length",
            "max_length",
            schema(false, key("a"), field("t", DataType.VarChar), vec)),
        Arguments.of("max_length 0", "(0, 65535]", schema(false, key("a"), text("t", "0"), vec)),
        Arguments.of(
            "max_length 65536", "(0, 65535]", schema(false, key("a"), text("t", "65536"), vec)),
        Arguments.of(
            "auto id beside the key",
            "only the primary key can be auto id",
            schema(false, key("a"), field("b", DataType.Int64).setAutoID(true), vec)),
        Arguments.of(
            "a default out of range",
            "out of range",
            schema(
                false,
                key("a"),
                field("b", DataType.Int8).setDefaultValue(ValueField.newBuilder().setIntData(300)),
                vec)),
        Arguments.of(
            "a default of another type",
            "default_value",
            schema(
                false,
                key("a"),
                field("b", DataType.Int8)
                    .setDefaultValue(ValueField.newBuilder().setStringData("x")),
                vec)),
        Arguments.of(
            "a default too long",
            "exceeds max length (2)",
            schema(
                false,
                key("a"),
                text("b", "2").setDefaultValue(ValueField.newBuilder().setStringData("äb")),
                vec)),
        Arguments.of(
            "a default of JSON",
            "not support default_value",
            schema(
                false,
                key("a"),
                field("b", DataType.JSON)
                    .setDefaultValue(ValueField.newBuilder().setStringData("{}")),
                vec)),
        Arguments.of(
            "a nullable vector",
            "not support null",
            schema(false, key("a"), vector("v", "4").setNullable(true))),
        Arguments.of(
            "a partition key",
            "not supported yet",
            schema(false, key("a"), field("b", DataType.Int64).setIsPartitionKey(true), vec)),
        Arguments.of(
            "an array",
            "not supported yet",
            schema(false, key("a"), field("b", DataType.Array), vec)),
        Arguments.of(
            "no type", "is not valid", schema(false, key("a"), field("b", DataType.None), vec)),
        Arguments.of(
            "garbage", "no serialized CollectionSchema", ByteString.copyFromUtf8("\u0007garbage")),
        Arguments.of("nothing", "no fields", ByteString.EMPTY),
        Arguments.of("65 fields", "should be limited to 64", manyFields(63)),
        Arguments.of("11 vectors", "should be limited to 10", manyVectors(11)),
        Arguments.of("a function", "not supported yet", withFunction()));
  }

  private static ByteString manyFields(int more) {
    List<FieldSchema.Builder> fields = new ArrayList<>(List.of(key("id"), vector("vec", "4")));
    for (int i = 0; i < more; i++) {
      fields.add(field("f" + i, DataType.Bool));
    }
    return schema(true, fields.toArray(FieldSchema.Builder[]::new));
  }

  private static ByteString manyVectors(int vectors) {
    List<FieldSchema.Builder> fields = new ArrayList<>(List.of(key("id")));
    for (int i = 0; i < vectors; i++) {
      fields.add(vector("v" + i, "4"));
    }
    return schema(false, fields.toArray(FieldSchema.Builder[]::new));
  }

  private static ByteString withFunction() {
    return io.milvus.grpc.CollectionSchema.newBuilder()
        .addFields(key("id"))
        .addFields(vector("v", "4"))
        .addFunctions(FunctionSchema.newBuilder().setName("bm25"))
        .build()
        .toByteString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badSchemas")
  void aBadSchemaIsRefusedWithItsReason(String what, String reason, ByteString schema) {
    assertThatThrownBy(() -> SchemaReader.read(schema))
        .as(what)
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(reason)
        .satisfies(
            e -> assertThat(((TidemarkException) e).code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
  }

  @Test
  void sixtyFourFieldsBesideTheDynamicOneAreFine() {
    assertThat(SchemaReader.read(manyFields(62)).fields()).hasSize(65);
  }
}
