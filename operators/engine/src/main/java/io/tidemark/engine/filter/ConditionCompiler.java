package io.tidemark.engine.filter;

import io.tidemark.engine.filter.PlainValues.Other;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Makes conditions ready for evaluation: picks the loop that fits the operands' types. */
final class ConditionCompiler {
  private ConditionCompiler() {}

  static Evaluation compile(Condition condition) {
    return switch (condition) {
      case Condition.Constant constant -> rows -> Truth.constant(rows.size(), constant.value());
      case Condition.Comparison comparison -> ComparisonCompiler.compile(comparison);
      case Condition.In in -> InCompiler.compile(in);
      case Condition.Like like -> like(like);
      case Condition.IsNull isNull -> isNull(isNull.operand());
      case Condition.Exists exists -> exists(exists.path());
      case Condition.Call call -> FilterFunctions.compile(call);
      case Condition.Not not -> {
        Evaluation inner = compile(not.condition());
        yield rows -> inner.evaluate(rows).not();
      }
      case Condition.And and -> conjunction(and.conditions());
      case Condition.Or or -> {
        List<Evaluation> parts = or.conditions().stream().map(ConditionCompiler::compile).toList();
        yield rows -> {
          Truth result = parts.getFirst().evaluate(rows);
          for (Evaluation part : parts.subList(1, parts.size())) {
            result = result.or(part.evaluate(rows));
          }
          return result;
        };
      }
    };
  }

  private static Evaluation conjunction(List<Condition> conditions) {
    List<Evaluation> parts = conditions.stream().map(ConditionCompiler::compile).toList();
    return rows -> {
      Truth result = parts.getFirst().evaluate(rows);
      for (Evaluation part : parts.subList(1, parts.size())) {
        if (result.isFalseThroughout()) {
          return result;
        }
        result = result.and(part.evaluate(rows));
      }
      return result;
    };
  }

  /** Of a plain field: what the scan says; unknown throughout where the field has no values. */
  static Evaluation column(Operand.Field field, Function<Column, Truth> scan) {
    return rows ->
        rows.column(field.fieldId()).map(scan).orElseGet(() -> Truth.unknown(rows.size()));
  }

  private static Evaluation like(Condition.Like like) {
    LikePattern pattern = new LikePattern(like.pattern());
    if (like.operand() instanceof Operand.Field field && field.kind() == ValueKind.TEXT) {
      return column(
          field,
          column -> {
            Utf8Rows texts = new Utf8Rows((BytesColumn) column);
            return Scans.test(column, row -> pattern.matches(texts, row));
          });
    }
    return rows ->
        Scans.test(
            rows.size(),
            RowOperands.reader(like.operand(), rows),
            value -> value instanceof String text && pattern.matches(text));
  }

  private static Evaluation isNull(Operand operand) {
    if (operand instanceof Operand.Field field) {
      return rows -> {
        Optional<Column> column = rows.column(field.fieldId());
        if (column.isEmpty()) {
          return Truth.constant(rows.size(), true);
        }
        long[] nulls = Rows.nulls(column.get());
        return nulls == null
            ? Truth.constant(rows.size(), false)
            : new Truth(rows.size(), nulls, null);
      };
    }
    return rows -> {
      RowOperands.Reader reader = RowOperands.reader(operand, rows);
      return Scans.test(
          rows.size(),
          row -> {
            Object value = reader.read(row);
            return value == null ? Other.NULL : value;
          },
          value -> value == Other.NULL || value == Other.MISSING);
    };
  }

  private static Evaluation exists(Operand.JsonPath path) {
    return rows ->
        Scans.test(rows.size(), RowOperands.reader(path, rows), value -> value != Other.MISSING);
  }
}
