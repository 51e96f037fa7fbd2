package io.tidemark.engine.filter;

import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.expression.ComparisonOperator;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.schema.CollectionSchema;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says which rows pass: those for which its condition is true, neither false nor unknown. Made by
 * {@link FilterParser} for one schema; stays usable when fields are added to that schema. Filters
 * of one condition are equal. Immutable, thread-safe.
 */
public final class Filter {
  /** An object with a few fields, and what a compiled condition has of its own. */
  private static final long NODE_BYTES = 48;

  private static final Filter ALL = new Filter(new Condition.Constant(true), -1);

  private final Condition condition;
  private final int primaryKeyId;
  private final Evaluation evaluation;
  private final int hash;
  private final long bytes;

  Filter(Condition condition, int primaryKeyId) {
    this.condition = condition;
    this.primaryKeyId = primaryKeyId;
    this.evaluation = ConditionCompiler.compile(condition);
    this.hash = condition.hashCode();
    this.bytes = heap(condition);
  }

  /** Lets every row pass. */
  public static Filter all() {
    return ALL;
  }

  public Condition condition() {
    return condition;
  }

  /** Whether every row passes, whatever it holds. */
  public boolean matchesAll() {
    return condition instanceof Condition.Constant(boolean value) && value;
  }

  /**
   * The rows that pass, by their position in the batch.
   *
   * @param schema gives the defaults of fields that the batch has no column of; those without
   *     default are null
   */
  public BitSet evaluate(EntityBatch rows, CollectionSchema schema) {
    return evaluation.evaluate(new Rows(rows, schema)).passing();
  }

  /**
   * If the filter says no more than {@code pk == x} or {@code pk in […]}: the keys, each once, as
   * Long or String.
   */
  public Optional<List<Object>> primaryKeys() {
    return switch (condition) {
      case Condition.In(Operand.Field field, List<Object> values)
          when field.fieldId() == primaryKeyId ->
          Optional.of(List.copyOf(new LinkedHashSet<>(values)));
      case Condition.Comparison(
              Operand.Field field,
              ComparisonOperator operator,
              Operand.Constant constant)
          when field.fieldId() == primaryKeyId && operator == ComparisonOperator.EQUAL ->
          Optional.of(List.of(constant.value()));
      default -> Optional.empty();
    };
  }

  /** The ids of the fields that {@link #evaluate} reads. */
  public Set<Integer> fields() {
    Set<Integer> fields = new TreeSet<>();
    collect(condition, fields);
    return fields;
  }

  private static void collect(Condition condition, Set<Integer> fields) {
    switch (condition) {
      case Condition.Constant c -> {}
      case Condition.Comparison c -> {
        collect(c.left(), fields);
        collect(c.right(), fields);
      }
      case Condition.In in -> collect(in.operand(), fields);
      case Condition.Like like -> collect(like.operand(), fields);
      case Condition.IsNull isNull -> collect(isNull.operand(), fields);
      case Condition.Exists exists -> collect(exists.path(), fields);
      case Condition.Call call -> call.arguments().forEach(argument -> collect(argument, fields));
      case Condition.Not not -> collect(not.condition(), fields);
      case Condition.And and -> and.conditions().forEach(part -> collect(part, fields));
      case Condition.Or or -> or.conditions().forEach(part -> collect(part, fields));
    }
  }

  /** Heap bytes of the condition, about: what keeping the filter costs. */
  public long bytes() {
    return bytes;
  }

  private static long heap(Condition condition) {
    return NODE_BYTES
        + switch (condition) {
          case Condition.Constant c -> 0;
          case Condition.Comparison c -> heap(c.left()) + heap(c.right());
          case Condition.In in -> heap(in.operand()) + heap(in.values());
          case Condition.Like like -> heap(like.operand()) + heap(like.pattern());
          case Condition.IsNull isNull -> heap(isNull.operand());
          case Condition.Exists exists -> heap(exists.path());
          case Condition.Call call -> call.arguments().stream().mapToLong(Filter::heap).sum();
          case Condition.Not not -> heap(not.condition());
          case Condition.And and -> and.conditions().stream().mapToLong(Filter::heap).sum();
          case Condition.Or or -> or.conditions().stream().mapToLong(Filter::heap).sum();
        };
  }

  private static long heap(Operand operand) {
    return NODE_BYTES
        + switch (operand) {
          case Operand.Constant constant -> heap(constant.value());
          case Operand.Field field -> 0;
          case Operand.JsonPath path -> heap(path.path());
          case Operand.Arithmetic arithmetic -> heap(arithmetic.left()) + heap(arithmetic.right());
        };
  }

  private static long heap(Object value) {
    return switch (value) {
      case List<?> list -> list.stream().mapToLong(Filter::heap).sum();
      case String text -> NODE_BYTES + text.length();
      default -> NODE_BYTES;
    };
  }

  private static void collect(Operand operand, Set<Integer> fields) {
    switch (operand) {
      case Operand.Constant c -> {}
      case Operand.Field field -> fields.add(field.fieldId());
      case Operand.JsonPath path -> fields.add(path.fieldId());
      case Operand.Arithmetic arithmetic -> {
        collect(arithmetic.left(), fields);
        collect(arithmetic.right(), fields);
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Filter filter
        && hash == filter.hash
        && primaryKeyId == filter.primaryKeyId
        && condition.equals(filter.condition);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The condition as a filter, for logs; long lists are cut short. */
  @Override
  public String toString() {
    return condition.toString();
  }
}
