package io.tidemark.model.column;

/** Vectors, row after row, but for sparse ones of one dimension. */
public sealed interface VectorColumn extends Column
    permits FloatVectorColumn, PackedVectorColumn, SparseVectorColumn {
  /** Elements of each vector; 0 for sparse ones. */
  int dimension();
}
