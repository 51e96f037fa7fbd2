package io.tidemark.engine.filter;

import io.tidemark.engine.filter.PlainValues.Other;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.expression.Operand;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads any operand row by row: the way for JSON, whose kinds are known row by row only. */
final class RowOperands {
  /**
   * The value of a row as {@link PlainValues} has it; null if a field it is made of is null. Not
   * thread-safe.
   */
  @FunctionalInterface
  interface Reader {
    @Nullable Object read(int row);
  }

  private RowOperands() {}

  static Reader reader(Operand operand, Rows rows) {
    return switch (operand) {
      case Operand.Constant constant -> row -> constant.value();
      case Operand.JsonPath path -> json(path.fieldId(), path.path(), rows);
      case Operand.Field field ->
          switch (field.type()) {
            case JSON -> json(field.fieldId(), List.of(), rows);
            case BOOL,
                INT8,
                INT16,
                INT32,
                INT64,
                FLOAT,
                DOUBLE,
                VARCHAR,
                FLOAT_VECTOR,
                FLOAT16_VECTOR,
                BFLOAT16_VECTOR,
                INT8_VECTOR,
                BINARY_VECTOR,
                SPARSE_FLOAT_VECTOR ->
                rows.column(field.fieldId())
                    .<Reader>map(column -> column::value)
                    .orElse(row -> null);
          };
      case Operand.Arithmetic arithmetic -> {
        Reader left = reader(arithmetic.left(), rows);
        Reader right = reader(arithmetic.right(), rows);
        yield row -> calculate(arithmetic, left.read(row), right.read(row));
      }
    };
  }

  private static Reader json(int fieldId, List<String> path, Rows rows) {
    Optional<Column> column = rows.column(fieldId);
    if (column.isEmpty()) {
      return row -> null;
    }
    BytesColumn documents = (BytesColumn) column.get();
    JsonReader json = new JsonReader(documents, path);
    return row -> documents.isNull(row) ? null : json.read(row);
  }

  private static @Nullable Object calculate(
      Operand.Arithmetic arithmetic, @Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return null;
    }
    if (!(left instanceof Number) || !(right instanceof Number)) {
      return Other.MISSING;
    }
    boolean floating = left instanceof Double || right instanceof Double;
    return floating && arithmetic.operator().isBitwise()
        ? Other.MISSING
        : Numbers.calculate(arithmetic.operator(), left, right);
  }
}
