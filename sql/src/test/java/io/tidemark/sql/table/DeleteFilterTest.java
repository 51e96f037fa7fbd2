package io.tidemark.sql.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.grpc.TemplateValue;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.junit.jupiter.api.Test;

class DeleteFilterTest {
  private final CollectionSchema schema =
      new CollectionSchema(
          "",
          false,
          0,
          List.of(
              field(100, "id", DataType.INT64, 0),
              field(101, "v", DataType.FLOAT_VECTOR, 2),
              field(102, "price", DataType.DOUBLE, 0),
              field(103, "sold", DataType.BOOL, 0)));

  private static FieldSchema field(int id, String name, DataType type, int dimension) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        name.equals("id"),
        false,
        false,
        false,
        false,
        dimension,
        0,
        null,
        Map.of());
  }

  private static ResolvedExpression column(String name) {
    return new FieldReferenceExpression(name, DataTypes.BIGINT(), 0, 0);
  }

  private static ResolvedExpression value(Object value) {
    return new ValueLiteralExpression(value);
  }

  private static ResolvedExpression call(
      BuiltInFunctionDefinition function, ResolvedExpression... arguments) {
    return CallExpression.permanent(function, Arrays.asList(arguments), DataTypes.BOOLEAN());
  }

  private static ResolvedExpression equal(String name, Object value) {
    return call(BuiltInFunctionDefinitions.EQUALS, column(name), value(value));
  }

  private Optional<DeleteFilter.Filter> of(ResolvedExpression... conditions) {
    return DeleteFilter.of(List.of(conditions), schema);
  }

  @Test
  void equalities_of_the_key_become_one_list_that_needs_no_search() {
    DeleteFilter.Filter filter =
        of(call(
                BuiltInFunctionDefinitions.OR,
                call(BuiltInFunctionDefinitions.OR, equal("id", 1L), equal("id", 2)),
                equal("id", 3L)))
            .orElseThrow();
    assertThat(filter.text()).isEqualTo("(id in {v0})");
    assertThat(filter.values().get("v0"))
        .extracting(list -> list.getArrayVal().getLongData().getDataList())
        .isEqualTo(List.of(1L, 2L, 3L));
  }

  @Test
  void conditions_are_joined_and_values_are_templates_of_their_type() {
    DeleteFilter.Filter filter =
        of(
                call(
                    BuiltInFunctionDefinitions.LESS_THAN,
                    value(new BigDecimal("2.5")),
                    column("price")),
                call(
                    BuiltInFunctionDefinitions.NOT,
                    call(
                        BuiltInFunctionDefinitions.AND,
                        column("sold"),
                        call(BuiltInFunctionDefinitions.IS_NOT_NULL, column("price")))))
            .orElseThrow();
    assertThat(filter.text())
        .isEqualTo("(price > {v0}) and (not ((sold == true) and (price is not null)))");
    assertThat(filter.values())
        .containsExactly(Map.entry("v0", TemplateValue.newBuilder().setFloatVal(2.5).build()));
  }

  @Test
  void no_condition_means_every_row_in_a_form_that_the_server_takes() {
    assertThat(of().orElseThrow().text()).isEqualTo("id >= {v0}");
  }

  @Test
  void what_cannot_be_said_is_not_half_said() {
    assertThat(of(equal("id", 1L), call(BuiltInFunctionDefinitions.LIKE, column("id"), value("x"))))
        .isEmpty();
    assertThat(of(equal("v", 1L))).isEmpty();
    assertThat(of(equal("unknown", 1L))).isEmpty();
  }
}
