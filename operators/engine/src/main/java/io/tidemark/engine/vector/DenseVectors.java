package io.tidemark.engine.vector;

/** Vectors with a number at every place, which differ in how a number is kept. */
public sealed interface DenseVectors extends Vectors
    permits FloatVectors, HalfVectors, ByteVectors {
  /**
   * The same vectors as floats, for builds and training; searches score by {@link #scorer}, which
   * reads less memory.
   *
   * @return itself, or a copy where numbers are kept otherwise
   * @throws IllegalArgumentException if the floats do not fit one array
   */
  FloatVectors widened();
}
