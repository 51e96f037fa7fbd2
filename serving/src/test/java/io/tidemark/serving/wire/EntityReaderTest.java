package io.tidemark.serving.wire;

import static io.tidemark.serving.wire.Protos.booleans;
import static io.tidemark.serving.wire.Protos.doubles;
import static io.tidemark.serving.wire.Protos.dynamic;
import static io.tidemark.serving.wire.Protos.field;
import static io.tidemark.serving.wire.Protos.floats;
import static io.tidemark.serving.wire.Protos.ints;
import static io.tidemark.serving.wire.Protos.json;
import static io.tidemark.serving.wire.Protos.key;
import static io.tidemark.serving.wire.Protos.longs;
import static io.tidemark.serving.wire.Protos.schema;
import static io.tidemark.serving.wire.Protos.text;
import static io.tidemark.serving.wire.Protos.texts;
import static io.tidemark.serving.wire.Protos.valid;
import static io.tidemark.serving.wire.Protos.vector;
import static io.tidemark.serving.wire.Protos.vectors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.milvus.grpc.DataType;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.ValueField;
import io.milvus.grpc.VectorField;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.EntityReader.AutoId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EntityReaderTest {
  private static final CollectionSchema SCHEMA =
      SchemaReader.read(
          schema(
              true,
              key("id"),
              vector("vec", "2"),
              text("name", "4"),
              field("tiny", DataType.Int8).setDefaultValue(ValueField.newBuilder().setIntData(9)),
              field("doc", DataType.JSON).setNullable(true),
              field("flag", DataType.Bool).setNullable(true),
              field("ratio", DataType.Float).setNullable(true),
              field("exact", DataType.Double).setNullable(true)));
  private static final CollectionSchema AUTO =
      SchemaReader.read(schema(false, key("id").setAutoID(true), vector("vec", "2")));

  private static final FieldData IDS = longs("id", 1L, 2L);
  private static final FieldData VECTORS = vectors("vec", 2, 1, 2, 3, 4);
  private static final FieldData NAMES = texts("name", "ab", "äö");

  private static Object value(EntityBatch rows, String field, int row) {
    return rows.column(SCHEMA.field(field).orElseThrow().id()).orElseThrow().value(row);
  }

  @Test
  void everyTypeComesBackAsItWasWritten() {
    List<FieldData> data =
        List.of(
            IDS,
            VECTORS,
            NAMES,
            ints("tiny", DataType.Int8, -128, 127),
            json("doc", "[1, {\"a\": null}]", "3"),
            booleans("flag", true, false),
            floats("ratio", 0.5f, -1f),
            doubles("exact", 0.1, 1e300),
            dynamic("{\"colour\":\"red\"}", "{}"));

    EntityBatch rows = EntityReader.read(data, 2, SCHEMA, AutoId.GENERATED);

    assertThat(rows.columns()).hasSize(SCHEMA.fields().size());
    for (FieldSchema field : SCHEMA.fields()) {
      FieldData written = FieldDataWriter.write(field, rows.column(field.id()).orElseThrow());
      FieldData read =
          data.stream()
              .filter(
                  d -> field.dynamic() ? d.getIsDynamic() : d.getFieldName().equals(field.name()))
              .findFirst()
              .orElseThrow();
      assertThat(written.getScalars()).isEqualTo(read.getScalars());
      assertThat(written.getVectors()).isEqualTo(read.getVectors());
      assertThat(written.getType()).isEqualTo(read.getType());
      assertThat(written.getIsDynamic()).isEqualTo(field.dynamic());
      assertThat(written.getValidDataList())
          .isEqualTo(field.nullable() ? List.of(true, true) : List.of());
    }
  }

  @Test
  void whatIsLeftOutIsDefaultOrNullOrEmpty() {
    EntityBatch rows = EntityReader.read(List.of(IDS, VECTORS, NAMES), 2, SCHEMA, AutoId.GENERATED);
    assertThat(value(rows, "tiny", 1)).isEqualTo(9L);
    assertThat(value(rows, "doc", 0)).isNull();
    assertThat(value(rows, "$meta", 0)).isEqualTo("{}");
  }

  @Test
  void missingRowsMayBeLeftOutOfTheDataOrFilled() {
    EntityBatch packed =
        EntityReader.read(
            List.of(
                IDS,
                VECTORS,
                NAMES,
                valid(floats("ratio", 7f), false, true),
                valid(ints("tiny", DataType.Int8, 3), true, false)),
            2,
            SCHEMA,
            AutoId.GENERATED);
    EntityBatch spread =
        EntityReader.read(
            List.of(
                IDS,
                VECTORS,
                NAMES,
                valid(floats("ratio", 0f, 7f), false, true),
                valid(ints("tiny", DataType.Int8, 3, 0), true, false)),
            2,
            SCHEMA,
            AutoId.GENERATED);
    for (EntityBatch rows : List.of(packed, spread)) {
      assertThat(value(rows, "ratio", 0)).isNull();
      assertThat(value(rows, "ratio", 1)).isEqualTo(7.0);
      assertThat(value(rows, "tiny", 0)).isEqualTo(3L);
      assertThat(value(rows, "tiny", 1)).isEqualTo(9L);
    }
  }

  @Test
  void vectorsThatAClientCannotMarkAreMissingIfNoneIsSent() {
    FieldSchema added =
        new FieldSchema(
            0,
            "later",
            io.tidemark.model.schema.DataType.FLOAT_VECTOR,
            "",
            false,
            false,
            true,
            false,
            false,
            2,
            0,
            null,
            Map.of());
    CollectionSchema schema = SCHEMA.withField(added);
    List<FieldData> data = List.of(IDS, VECTORS, NAMES, vectors("later", 2));
    EntityBatch rows = EntityReader.read(data, 2, schema, AutoId.GENERATED);
    Column later = rows.column(schema.field("later").orElseThrow().id()).orElseThrow();
    assertThat(later.value(0)).isNull();
    assertThat(later.value(1)).isNull();

    List<FieldData> one = List.of(IDS, VECTORS, NAMES, vectors("later", 2, 5, 6));
    assertThatThrownBy(() -> EntityReader.read(one, 2, schema, AutoId.GENERATED))
        .hasMessageContaining("num_rows (1) of field (later)");
  }

  @Test
  void nullsGoOutAsFillersWithMarks() {
    EntityBatch rows =
        EntityReader.read(
            List.of(IDS, VECTORS, NAMES, valid(json("doc", "{}"), false, true)),
            2,
            SCHEMA,
            AutoId.GENERATED);
    FieldSchema doc = SCHEMA.field("doc").orElseThrow();
    FieldData written = FieldDataWriter.write(doc, rows.column(doc.id()).orElseThrow());
    assertThat(written.getValidDataList()).containsExactly(false, true);
    assertThat(written.getScalars().getJsonData().getDataCount()).isEqualTo(2);
  }

  @Test
  void anEmptyAnswerIsTyped() {
    EntityBatch none =
        EntityReader.read(List.of(IDS, VECTORS, NAMES), 2, SCHEMA, AutoId.GENERATED)
            .gather(new int[0]);
    for (FieldSchema field : SCHEMA.fields()) {
      FieldData written = FieldDataWriter.write(field, none.column(field.id()).orElseThrow());
      assertThat(written.getType()).isNotEqualTo(DataType.None);
      assertThat(written.hasScalars() || written.hasVectors()).isTrue();
      if (field.type().isVector()) {
        assertThat(written.getVectors().getDim()).isEqualTo(2);
      } else {
        assertThat(written.getScalars().getDataCase())
            .isNotEqualTo(io.milvus.grpc.ScalarField.DataCase.DATA_NOT_SET);
      }
    }
  }

  @Test
  void anAutoIdKeyIsLeftToTheWriter() {
    assertThat(EntityReader.read(List.of(VECTORS), 2, AUTO, AutoId.GENERATED).column(100))
        .isEmpty();
    assertThat(EntityReader.read(List.of(VECTORS), 2, AUTO, AutoId.OPTIONAL).column(100)).isEmpty();
    assertThat(EntityReader.read(List.of(IDS, VECTORS), 2, AUTO, AutoId.OPTIONAL).column(100))
        .isPresent();
    assertThat(EntityReader.read(List.of(IDS, VECTORS), 2, AUTO, AutoId.REQUIRED).column(100))
        .isPresent();
    assertThatThrownBy(() -> EntityReader.read(List.of(IDS, VECTORS), 2, AUTO, AutoId.GENERATED))
        .hasMessageContaining("auto generated");
    assertThatThrownBy(() -> EntityReader.read(List.of(VECTORS), 2, AUTO, AutoId.REQUIRED))
        .hasMessageContaining("must assign pk");
  }

  static Stream<Arguments> badRows() {
    return Stream.of(
        Arguments.of(
            "no rows", "num_rows should be greater than 0", 0, List.of(IDS, VECTORS, NAMES)),
        Arguments.of(
            "more rows than values",
            "num_rows (2) of field (id)",
            3,
            List.of(IDS, vectors("vec", 2, 1, 2, 3, 4, 5, 6), texts("name", "a", "b", "c"))),
        Arguments.of(
            "a billion rows",
            "is not equal to passed num_rows",
            1_000_000_000,
            List.of(IDS, VECTORS, NAMES)),
        Arguments.of(
            "a wrong dim",
            "row 0 has 3 values",
            2,
            List.of(IDS, NAMES, vectors("vec", 3, 1, 2, 3, 4, 5, 6))),
        Arguments.of(
            "part of a vector",
            "field vec: the length (3) of float data is no multiple of the dim (2), each vector takes 2 values",
            2,
            List.of(IDS, NAMES, vectors("vec", 2, 1, 2, 3))),
        Arguments.of(
            "NaN",
            "row 1, position 0",
            2,
            List.of(IDS, NAMES, vectors("vec", 2, 1, 2, Float.NaN, 4))),
        Arguments.of(
            "infinity",
            "not a number or infinity",
            2,
            List.of(IDS, NAMES, vectors("vec", 2, 1, 2, 3, Float.POSITIVE_INFINITY))),
        Arguments.of(
            "a text too long",
            "row number: 1, length: 6, max length: 4",
            2,
            List.of(IDS, VECTORS, texts("name", "ab", "äöü"))),
        Arguments.of(
            "an int8 out of range",
            "the 1th element (128) out of range",
            2,
            List.of(IDS, VECTORS, NAMES, ints("tiny", DataType.Int8, 1, 128))),
        Arguments.of(
            "a double that is none",
            "not a number",
            2,
            List.of(IDS, VECTORS, NAMES, doubles("exact", 1.0, Double.NaN))),
        Arguments.of(
            "no JSON",
            "json field (doc), row 1 is invalid: Unexpected end-of-input",
            2,
            List.of(IDS, VECTORS, NAMES, json("doc", "1", "{\"a\":"))),
        Arguments.of(
            "two JSON values",
            "goes on after its value",
            2,
            List.of(IDS, VECTORS, NAMES, json("doc", "1", "1 2"))),
        Arguments.of(
            "deep JSON",
            "row 0 is invalid: Document nesting depth (513) exceeds the maximum allowed (512)",
            2,
            List.of(IDS, VECTORS, NAMES, json("doc", "[".repeat(1000) + "]".repeat(1000), "1"))),
        Arguments.of(
            "long JSON",
            "exceeds max length (65536)",
            2,
            List.of(IDS, VECTORS, NAMES, json("doc", "\"" + "x".repeat(65_536) + "\"", "1"))),
        Arguments.of(
            "a field's name as dynamic key",
            "cannot include the static field name: name (row 1)",
            2,
            List.of(IDS, VECTORS, NAMES, dynamic("{}", "{\"name\":1}"))),
        Arguments.of(
            "$meta as dynamic key",
            "cannot set json key to: $meta",
            2,
            List.of(IDS, VECTORS, NAMES, dynamic("{\"$meta\":1}", "{}"))),
        Arguments.of(
            "a dynamic list",
            "only json map is supported",
            2,
            List.of(IDS, VECTORS, NAMES, dynamic("[]", "{}"))),
        Arguments.of(
            "a null where none may be",
            "row 1 is null",
            2,
            List.of(IDS, VECTORS, valid(texts("name", "a"), true, false))),
        Arguments.of(
            "marks for fewer rows",
            "length of valid_data",
            2,
            List.of(IDS, VECTORS, NAMES, valid(floats("ratio", 1f, 2f), true))),
        Arguments.of(
            "a missing field",
            "fieldSchema(name) has no corresponding fieldData",
            2,
            List.of(IDS, VECTORS)),
        Arguments.of(
            "a missing key",
            "fieldSchema(id) has no corresponding fieldData",
            2,
            List.of(NAMES, VECTORS)),
        Arguments.of(
            "an unknown field",
            "fieldName more not exist",
            2,
            List.of(IDS, VECTORS, NAMES, longs("more", 1L, 2L))),
        Arguments.of(
            "a field twice",
            "duplicated column data for field id",
            2,
            List.of(IDS, IDS, VECTORS, NAMES)),
        Arguments.of(
            "another type",
            "the data has type VarChar",
            2,
            List.of(texts("id", "1", "2"), VECTORS, NAMES)),
        Arguments.of(
            "another type's values",
            "got data of another type",
            2,
            List.of(IDS, VECTORS, NAMES, untyped(longs("tiny", 1L, 2L)))),
        Arguments.of(
            "scalars for a vector",
            "got data of another type",
            2,
            List.of(IDS, NAMES, untyped(longs("vec", 1L, 2L)))));
  }

  @Test
  void partOfAVectorThatIsSentAsBytesIsRefusedWithWhatWasSent() {
    CollectionSchema bytes =
        SchemaReader.read(
            schema(
                false,
                key("id"),
                field("half", DataType.Float16Vector).addTypeParams(KeyValues.pair("dim", "4"))));
    FieldData given =
        FieldData.newBuilder()
            .setFieldName("half")
            .setType(DataType.Float16Vector)
            .setVectors(
                VectorField.newBuilder().setFloat16Vector(ByteString.copyFrom(new byte[10])))
            .build();
    assertThatThrownBy(
            () -> EntityReader.read(List.of(longs("id", 1L), given), 1, bytes, AutoId.GENERATED))
        .hasMessage(
            "field half: the length (10) of the data in bytes is no multiple of 8, which each vector of dim 4 takes: invalid parameter[expected=a multiple of 8][actual=10]");
  }

  private static FieldData untyped(FieldData data) {
    return data.toBuilder().setType(DataType.None).build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badRows")
  void badRowsAreRefusedWithFieldAndRow(
      String what, String reason, long rows, List<FieldData> data) {
    assertThatThrownBy(() -> EntityReader.read(data, rows, SCHEMA, AutoId.GENERATED))
        .as(what)
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(reason)
        .satisfies(
            e -> assertThat(((TidemarkException) e).code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
  }

  @Test
  void dynamicDataNeedsADynamicSchema() {
    List<FieldData> data = new ArrayList<>(List.of(VECTORS, dynamic("{}", "{}")));
    assertThatThrownBy(() -> EntityReader.read(data, 2, AUTO, AutoId.GENERATED))
        .hasMessageContaining("without dynamic schema enabled");
  }
}
