package io.tidemark.model.column;

/** Vectors of one dimension, row after row. */
public sealed interface VectorColumn extends Column permits FloatVectorColumn, PackedVectorColumn {
  /** Elements of each vector. */
  int dimension();
}
