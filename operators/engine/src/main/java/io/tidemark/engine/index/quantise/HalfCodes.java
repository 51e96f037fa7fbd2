package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.HalfVectors;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.io.IOException;

/**
 * 16 bits for each place of a vector: an IEEE half (FP16) or the upper half of a float (BF16). A
 * number that is too large for a half counts as the largest.
 *
 * <pre>
 * codes := brain:int32 (0 FP16, 1 BF16)  code:uint16[rows × dimension]
 * </pre>
 */
public final class HalfCodes implements VectorCodes {
  static final int KIND = 5;

  private static final float HALF_MAX = 65_504;

  private final short[] codes;
  private final HalfVectors vectors;

  private HalfCodes(boolean brain, short[] codes, int dimension) {
    DataType type = brain ? DataType.BFLOAT16_VECTOR : DataType.FLOAT16_VECTOR;
    this.codes = codes;
    this.vectors = new HalfVectors(type, codes, dimension, null);
  }

  /**
   * Codes of vectors.
   *
   * @param brain BF16, else FP16
   * @param rows of the vectors that count
   */
  public static HalfCodes of(DenseVectors vectors, CodeRows rows, boolean brain) {
    int dimension = vectors.dimension();
    short[] codes = new short[Math.multiplyExact(rows.places(), dimension)];
    float[] vector = new float[dimension];
    for (int r = 0; r < rows.count(); r++) {
      vectors.copy(rows.row(r), vector, 0);
      int at = rows.place(r) * dimension;
      for (int i = 0; i < dimension; i++) {
        codes[at + i] =
            brain
                ? HalfFloats.toBrain(vector[i])
                : HalfFloats.toHalf(Math.clamp(vector[i], -HALF_MAX, HALF_MAX));
      }
    }
    return new HalfCodes(brain, codes, dimension);
  }

  static HalfCodes read(BlobInput in, int count, int dimension) throws IOException {
    int brain = in.getInt();
    if (brain != 0 && brain != 1) {
      throw new IOException("16-bit codes of kind " + brain + " are not known here");
    }
    short[] codes = new short[Math.multiplyExact(count, dimension)];
    for (int at = 0; at < codes.length; at += dimension) {
      byte[] bytes = in.getBytes(2L * dimension);
      for (int i = 0; i < dimension; i++) {
        codes[at + i] = (short) ((bytes[2 * i] & 0xFF) | (bytes[2 * i + 1] << 8));
      }
    }
    return new HalfCodes(brain == 1, codes, dimension);
  }

  @Override
  public RowScorer scorer(Metric metric, float[] query) {
    return vectors.scorer(metric, new DenseQuery(query));
  }

  @Override
  public long bytes() {
    return vectors.bytes();
  }

  @Override
  public void writeTo(BlobOutput out) throws IOException {
    out.putInt(vectors.type() == DataType.BFLOAT16_VECTOR ? 1 : 0);
    byte[] bytes = new byte[2 * vectors.dimension()];
    for (int at = 0; at < codes.length; at += vectors.dimension()) {
      for (int i = 0; i < vectors.dimension(); i++) {
        bytes[2 * i] = (byte) codes[at + i];
        bytes[2 * i + 1] = (byte) (codes[at + i] >>> 8);
      }
      out.putBytes(bytes);
    }
  }

  @Override
  public int kind() {
    return KIND;
  }
}
