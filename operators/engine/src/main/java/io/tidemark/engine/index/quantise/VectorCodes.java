package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.model.index.Metric;
import java.io.IOException;

/** A code for each of some rows, in the order they were given in. Safe for concurrent use. */
public sealed interface VectorCodes permits ScalarCodes, ProductCodes, HalfCodes {
  /**
   * Scores codes by their places instead of rows, about as the vectors would be.
   *
   * @param query of the vectors' dimension
   */
  RowScorer scorer(Metric metric, float[] query);

  /** Bytes on the heap. */
  long bytes();

  /** As its class says. */
  void writeTo(BlobOutput out) throws IOException;

  /** What the class of codes is called in files. */
  int kind();

  /**
   * @param kind as {@link #kind()} told
   * @param count codes that there are
   * @throws IOException if the bytes are none of such codes
   */
  static VectorCodes read(BlobInput in, int kind, int count, int dimension) throws IOException {
    return switch (kind) {
      case ScalarCodes.KIND -> ScalarCodes.read(in, count, dimension);
      case ProductCodes.KIND -> ProductCodes.read(in, count, dimension, 1);
      case ProductCodes.KIND_OF_LEVELS -> ProductCodes.read(in, count, dimension, in.getInt());
      case HalfCodes.KIND -> HalfCodes.read(in, count, dimension);
      default -> throw new IOException("codes of kind " + kind + " are not known here");
    };
  }
}
