package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionParser.ArgumentContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.CallContext;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.expression.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The functions of the filter language: those served, and those of Milvus that are not served yet.
 */
final class FilterFunctions {
  private static final Map<String, FilterFunction> SERVED = byName(JsonContains.values());

  private static final Set<String> NOT_YET =
      Set.of(
          "text_match",
          "phrase_match",
          "random_sample",
          "array_contains",
          "array_contains_all",
          "array_contains_any",
          "array_length",
          "element_filter",
          "match_all",
          "match_any",
          "match_least",
          "match_most",
          "match_exact",
          "st_equals",
          "st_touches",
          "st_overlaps",
          "st_crosses",
          "st_contains",
          "st_intersects",
          "st_within",
          "st_dwithin",
          "st_isvalid");

  private FilterFunctions() {}

  private static Map<String, FilterFunction> byName(FilterFunction... functions) {
    Map<String, FilterFunction> byName = new TreeMap<>();
    for (FilterFunction function : functions) {
      byName.put(function.functionName(), function);
    }
    return byName;
  }

  static Condition.Call resolve(CallContext call, Scope scope, OperandResolver operands) {
    FilterFunction function = SERVED.get(canonicalName(call));
    if (function == null) {
      throw unknown(call, scope);
    }
    List<Typed> positional = new ArrayList<>();
    for (ArgumentContext argument : call.argument()) {
      if (argument.name != null) {
        throw scope.error(
            argument,
            function.functionName()
                + " takes no argument called '"
                + argument.name.getText()
                + "'");
      }
      positional.add(operands.operand(argument.expr()));
    }
    return function.resolve(new CallArguments(call, scope, function, positional));
  }

  static Evaluation compile(Condition.Call call) {
    FilterFunction function = SERVED.get(call.function());
    if (function == null) {
      throw new IllegalArgumentException("no function " + call.function());
    }
    return function.compile(call);
  }

  static TidemarkException notAValue(CallContext call, Scope scope) {
    if (SERVED.containsKey(canonicalName(call))) {
      return scope.error(call, "'" + scope.source(call) + "' is a condition, expected a value");
    }
    return unknown(call, scope);
  }

  private static TidemarkException unknown(CallContext call, Scope scope) {
    String name = call.function.getText();
    if (NOT_YET.contains(canonicalName(call))) {
      return scope.error(call, "function " + name + " is not supported yet by this server");
    }
    return scope.error(
        call,
        "function " + name + " is unknown, expected one of " + String.join(", ", SERVED.keySet()));
  }

  /**
   * The name in lower case if it is written all lower or all upper; else as it is, which no
   * function is called.
   */
  private static String canonicalName(CallContext call) {
    String name = call.function.getText();
    return name.equals(name.toUpperCase(Locale.ROOT)) ? name.toLowerCase(Locale.ROOT) : name;
  }

  private record CallArguments(
      CallContext call, Scope scope, FilterFunction function, List<Typed> positional)
      implements FilterFunction.Arguments {
    @Override
    public TidemarkException error(String reason) {
      return scope.error(
          call, function.functionName() + ": " + reason + ", but got '" + scope.source(call) + "'");
    }
  }
}
