package io.tidemark.engine.vector;

/** What rows are compared with. Immutable as long as nobody writes to the arrays it was given. */
public sealed interface QueryVector permits DenseQuery, BinaryQuery, SparseQuery {
  /** Elements; of a sparse query those that it names. */
  int dimension();
}
