package io.tidemark.engine.filter;

import io.tidemark.model.expression.Condition;
import java.util.List;

/**
 * A function of the filter language that is true or false of a row. To add one: implement this in a
 * file of its own and name it in {@link FilterFunctions}.
 */
interface FilterFunction {
  /** In lower case; a filter may write it in upper case too. */
  String functionName();

  /**
   * Checks the arguments.
   *
   * @throws io.tidemark.model.error.TidemarkException 1100 if they do not fit
   */
  Condition.Call resolve(Arguments arguments);

  /** What evaluates a call that {@link #resolve} made. */
  Evaluation compile(Condition.Call call);

  /** The arguments of one call, and words for what is wrong with them. */
  interface Arguments {
    List<Typed> positional();

    io.tidemark.model.error.TidemarkException error(String reason);
  }
}
