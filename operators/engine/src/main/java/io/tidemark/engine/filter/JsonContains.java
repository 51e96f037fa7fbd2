package io.tidemark.engine.filter;

import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import io.tidemark.model.schema.FieldSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a JSON array has an element ({@code json_contains(path, value)}), all of some ({@code
 * json_contains_all(path, […])}) or one of some ({@code json_contains_any(path, […])}). False where
 * there is no array.
 */
enum JsonContains implements FilterFunction {
  ONE("json_contains"),
  ALL("json_contains_all"),
  ANY("json_contains_any");

  private final String functionName;

  JsonContains(String functionName) {
    this.functionName = functionName;
  }

  @Override
  public String functionName() {
    return functionName;
  }

  @Override
  public Condition.Call resolve(Arguments arguments) {
    List<Typed> given = arguments.positional();
    if (given.size() != 2) {
      throw arguments.error("expected a JSON field and a value");
    }
    Operand document = given.get(0).operand();
    boolean wholeDynamic =
        document instanceof Operand.Field field && field.name().equals(FieldSchema.DYNAMIC_NAME);
    if (document.kind() != ValueKind.JSON
        || document instanceof Operand.Arithmetic
        || wholeDynamic) {
      throw arguments.error(
          "the first argument must be a JSON field or a key of one, not "
              + given.get(0).described());
    }
    if (!(given.get(1).operand() instanceof Operand.Constant constant)) {
      throw arguments.error("the second argument must be a constant");
    }
    if (this != ONE && constant.kind() != ValueKind.LIST) {
      throw arguments.error("the second argument must be a list");
    }
    return new Condition.Call(functionName, List.of(document, constant));
  }

  @Override
  public Evaluation compile(Condition.Call call) {
    Object constant = ((Operand.Constant) call.arguments().get(1)).value();
    List<?> wanted = this == ONE ? List.of(constant) : (List<?>) constant;
    Set<Object> set = new HashSet<>();
    wanted.forEach(value -> set.add(PlainValues.canonical(value)));
    return rows ->
        Scans.test(
            rows.size(),
            RowOperands.reader(call.arguments().get(0), rows),
            value -> value instanceof List<?> elements && contains(elements, set));
  }

  private boolean contains(List<?> elements, Set<Object> wanted) {
    if (this == ALL && elements.size() < wanted.size()) {
      return false;
    }
    Set<Object> left = this == ALL ? new HashSet<>(wanted) : wanted;
    for (Object element : elements) {
      Object canonical = PlainValues.canonical(element);
      if (this == ALL) {
        left.remove(canonical);
      } else if (wanted.contains(canonical)) {
        return true;
      }
    }
    return this == ALL && left.isEmpty();
  }
}
