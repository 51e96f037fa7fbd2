package io.tidemark.engine.filter;

/**
 * A condition made ready to be asked of many batches: sets are built, patterns split. Immutable,
 * thread-safe.
 */
@FunctionalInterface
interface Evaluation {
  Truth evaluate(Rows rows);
}
