package io.tidemark.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionSchemaTest {
  private static FieldSchema field(
      int id, String name, DataType type, boolean primary, @Nullable Object defaultValue) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        primary,
        false,
        false,
        false,
        false,
        type == DataType.FLOAT_VECTOR ? 4 : 0,
        type == DataType.VARCHAR ? 10 : 0,
        defaultValue,
        Map.of());
  }

  private static final FieldSchema ID = field(100, "id", DataType.INT64, true, null);
  private static final FieldSchema VECTOR = field(101, "v", DataType.FLOAT_VECTOR, false, null);

  @Test
  void aPlainSchemaIsFine() {
    CollectionSchema schema =
        new CollectionSchema("", true, 0, List.of(ID, VECTOR, FieldSchema.dynamicField(102)));
    assertThat(schema.primaryKey()).isEqualTo(ID);
    assertThat(schema.dynamicField()).isPresent();
    assertThat(schema.vectorFields()).containsExactly(VECTOR);
  }

  @Test
  void whatIsWrongIsNamed() {
    refused("primary key is not specified", VECTOR);
    refused(
        "more than one primary key", ID, field(102, "id2", DataType.VARCHAR, true, null), VECTOR);
    refused(
        "primary key should be Int64 or VarChar",
        field(100, "id", DataType.FLOAT, true, null),
        VECTOR);
    refused("duplicated field name: v", ID, VECTOR, field(103, "v", DataType.INT8, false, null));
    refused("does not contain vector field", ID);
    refused("reserved", ID, VECTOR, field(103, "__ts", DataType.INT8, false, null));
    refused("not support default_value", field(100, "id", DataType.INT64, true, 3L), VECTOR);
  }

  private static void refused(String words, FieldSchema... fields) {
    assertThatThrownBy(() -> new CollectionSchema("", false, 0, List.of(fields)))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 32_769})
  void dimensionsOutOfRangeAreRefused(int dimension) {
    assertThatThrownBy(() ->
            new FieldSchema(
                100,
                "v",
                DataType.FLOAT_VECTOR,
                "",
                false,
                false,
                false,
                false,
                false,
                dimension,
                0,
                null,
                Map.of()))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(String.valueOf(dimension))
        .hasMessageContaining("32768");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a;b", "../x", "a\0b", "a b", "a-b"})
  void badNamesAreRefused(String name) {
    assertThatThrownBy(() -> FieldSchema.checkName("collection", name))
        .isInstanceOf(TidemarkException.class);
  }

  @Test
  void aNameOf255CharactersIsTheLongest() {
    assertThat(FieldSchema.checkName("collection", "a".repeat(255))).hasSize(255);
    assertThatThrownBy(() -> FieldSchema.checkName("collection", "a".repeat(256)))
        .hasMessageContaining("255")
        .hasMessageContaining("256");
  }
}
