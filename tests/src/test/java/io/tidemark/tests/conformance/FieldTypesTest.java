package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.defaulting;
import static io.tidemark.tests.conformance.Fields.dynamic;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.nullable;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.text;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.tidemark.tests.process.SharedTidemark;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field type comes back as it went in, while growing and from the lake. */
@ExtendWith(SharedTidemark.class)
class FieldTypesTest {
  private static final JsonElement DOCUMENT =
      JsonParser.parseString(
          "{\"a\": 1, \"b\": [1, 2.5, \"x\", null, true], \"c\": {\"d\": \"ü\"}}");

  private static TestCollection everyType(MilvusClientV2 client) {
    CollectionSchema schema =
        dynamic(
            schema(
                int64Key("id"),
                vector("v", 3),
                nullable(Fields.of("flag", DataType.Bool)),
                nullable(Fields.of("i8", DataType.Int8)),
                nullable(Fields.of("i16", DataType.Int16)),
                nullable(Fields.of("i32", DataType.Int32)),
                nullable(Fields.of("i64", DataType.Int64)),
                nullable(Fields.of("f32", DataType.Float)),
                nullable(Fields.of("f64", DataType.Double)),
                nullable(text("text", 50)),
                nullable(Fields.of("document", DataType.JSON))));
    return TestCollection.create(client, schema, autoIndex("v", MetricType.L2));
  }

  private static JsonObject extremes(long id) {
    return Row.of(
        "id",
        id,
        "v",
        new float[] {0.1f, -2.5e-30f, 3e30f},
        "flag",
        true,
        "i8",
        -128,
        "i16",
        32_767,
        "i32",
        Integer.MIN_VALUE,
        "i64",
        Long.MAX_VALUE,
        "f32",
        1.1f,
        "f64",
        Math.PI,
        "text",
        "größer 雪 🙂",
        "document",
        DOCUMENT,
        "extra",
        "dynamic");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void valuesComeBackAsTheyWentIn(boolean flushed, MilvusClientV2 client) {
    TestCollection made = everyType(client);
    made.insert(extremes(1));
    if (flushed) {
      made.flush();
    }
    Map<String, Object> row = made.rows("id == 1", "*").getFirst();
    assertThat(row)
        .containsEntry("id", 1L)
        .containsEntry("flag", true)
        .containsEntry("i8", -128)
        .containsEntry("i16", 32_767)
        .containsEntry("i32", Integer.MIN_VALUE)
        .containsEntry("i64", Long.MAX_VALUE)
        .containsEntry("f32", 1.1f)
        .containsEntry("f64", Math.PI)
        .containsEntry("text", "größer 雪 🙂")
        .containsEntry("document", DOCUMENT)
        .containsEntry("extra", "dynamic");
    assertThat(row.get("v")).isEqualTo(List.of(0.1f, -2.5e-30f, 3e30f));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nullsComeBackAsNulls(boolean flushed, MilvusClientV2 client) {
    TestCollection made = everyType(client);
    made.insert(Row.of("id", 2L, "v", new float[] {1, 2, 3}));
    made.insert(
        Row.of("id", 3L, "v", new float[] {1, 2, 3}, "flag", null, "text", null, "f64", null));
    if (flushed) {
      made.flush();
    }
    for (Map<String, Object> row :
        made.rows("id > 0", "flag", "i8", "i16", "i32", "i64", "f32", "f64", "text", "document")) {
      assertThat(row).hasSize(10);
      row.forEach((field, value) -> {
        if (!field.equals("id")) {
          assertThat(value)
              .as(field)
              .isEqualTo(field.equals("document") ? JsonNull.INSTANCE : null);
        }
      });
    }
    assertThat(made.ids("flag is null and text is null and i64 is null")).containsExactly(2L, 3L);
    assertThat(made.ids("f64 is not null")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void defaultsStandInForWhatIsLeftOut(boolean flushed, MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client,
            schema(
                int64Key("id"),
                vector("v", 2),
                defaulting(Fields.of("flag", DataType.Bool), true),
                defaulting(Fields.of("number", DataType.Int64), 42L),
                defaulting(Fields.of("small", DataType.Int8), (short) 7),
                defaulting(Fields.of("price", DataType.Double), 9.5),
                defaulting(text("colour", 10), "red"),
                nullable(defaulting(Fields.of("both", DataType.Int32), 5))),
            autoIndex("v", MetricType.L2));
    made.insert(
        Row.of("id", 1L, "v", new float[] {1, 2}),
        Row.of("id", 2L, "v", new float[] {1, 2}, "number", 43, "colour", "blue", "both", 6));
    if (flushed) {
      made.flush();
    }
    assertThat(made.rows("id == 1", "*").getFirst())
        .containsEntry("flag", true)
        .containsEntry("number", 42L)
        .containsEntry("small", 7)
        .containsEntry("price", 9.5)
        .containsEntry("colour", "red")
        .containsEntry("both", 5);
    assertThat(made.rows("id == 2", "*").getFirst())
        .containsEntry("number", 43L)
        .containsEntry("colour", "blue")
        .containsEntry("both", 6);
    assertThat(made.ids("number == 42")).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dynamicKeysComeBackOneByOneOrAll(boolean flushed, MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(
        Row.of("id", 1L, "vector", new float[] {1, 2}, "colour", "red", "size", 5),
        Row.of("id", 2L, "vector", new float[] {1, 2}, "nested", DOCUMENT),
        Row.of("id", 3L, "vector", new float[] {1, 2}));
    if (flushed) {
      made.flush();
    }
    assertThat(made.rows("id == 1", "colour").getFirst())
        .containsEntry("colour", "red")
        .doesNotContainKey("size");
    assertThat(made.rows("id == 1", "*").getFirst())
        .containsEntry("colour", "red")
        .containsEntry("size", 5L)
        .containsKey("vector");
    assertThat(made.rows("id == 2", "nested").getFirst()).containsEntry("nested", DOCUMENT);
    assertThat(made.rows("id == 3", "colour").getFirst()).doesNotContainKey("colour");
    assertThat(made.ids("size == 5")).containsExactly(1L);
    assertThat(
            TestCollection.only(
                    made.hits(
                        made.search(new float[] {1, 2})
                            .limit(1)
                            .filter("id == 1")
                            .outputFields(List.of("colour"))))
                .getEntity())
        .containsEntry("colour", "red")
        .doesNotContainKey("size");
  }
}
