package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.model.index.Metric;
import java.io.IOException;

/**
 * A byte for each place of a vector (SQ8): the i-th value is {@code base[i] + step[i] × code}, with
 * codes from −128 to 127 spread evenly from the least to the largest value that any row has there.
 *
 * <pre>
 * codes := base:float32[dimension]  step:float32[dimension]  count:int32  factors:float32[count]
 *          code:int8[rows × dimension]
 * </pre>
 *
 * {@code factors} are the metric's, see {@link CodeFactors}; none for IP.
 */
public final class ScalarCodes implements VectorCodes {
  static final int KIND = 1;

  private final int dimension;
  private final float[] base;
  private final float[] step;
  private final float[] factors;
  private final byte[] codes;

  private ScalarCodes(int dimension, float[] base, float[] step, float[] factors, byte[] codes) {
    this.dimension = dimension;
    this.base = base;
    this.step = step;
    this.factors = factors;
    this.codes = codes;
  }

  /**
   * Codes of vectors of any number.
   *
   * @param data row-major; all rows count
   * @param rows which of them get codes, in this order
   */
  public static ScalarCodes of(float[] data, int dimension, int[] rows, Metric metric) {
    float[] base = new float[dimension];
    float[] step = new float[dimension];
    float[] most = new float[dimension];
    java.util.Arrays.fill(base, Float.POSITIVE_INFINITY);
    java.util.Arrays.fill(most, Float.NEGATIVE_INFINITY);
    for (int row : rows) {
      for (int i = 0; i < dimension; i++) {
        base[i] = Math.min(base[i], data[row * dimension + i]);
        most[i] = Math.max(most[i], data[row * dimension + i]);
      }
    }
    for (int i = 0; i < dimension; i++) {
      float least = rows.length == 0 ? 0 : base[i];
      step[i] = rows.length == 0 ? 0 : (most[i] - least) / 255;
      base[i] = least + 128 * step[i];
    }
    byte[] codes = new byte[Math.multiplyExact(rows.length, dimension)];
    float[] factors = CodeFactors.room(metric, rows.length);
    for (int place = 0; place < rows.length; place++) {
      float squared = 0;
      for (int i = 0; i < dimension; i++) {
        float value = data[rows[place] * dimension + i];
        int code = step[i] > 0 ? Math.round((value - base[i]) / step[i]) : 0;
        code = Math.max(-128, Math.min(127, code));
        codes[place * dimension + i] = (byte) code;
        float back = base[i] + step[i] * code;
        squared += back * back;
      }
      if (factors.length > 0) {
        factors[place] = CodeFactors.of(metric, squared);
      }
    }
    return new ScalarCodes(dimension, base, step, factors, codes);
  }

  static ScalarCodes read(BlobInput in, int count, int dimension) throws IOException {
    float[] base = in.getFloats(dimension);
    float[] step = in.getFloats(dimension);
    float[] factors = in.getFloats(in.getInt());
    return new ScalarCodes(dimension, base, step, factors, in.getBytes((long) count * dimension));
  }

  @Override
  public RowScorer scorer(Metric metric, float[] query) {
    float[] scaled = new float[dimension];
    float constant = 0;
    for (int i = 0; i < dimension; i++) {
      scaled[i] = query[i] * step[i];
      constant += query[i] * base[i];
    }
    return new ScalarScorer(metric, query, scaled, constant);
  }

  private final class ScalarScorer extends CodeScorer {
    private final float[] scaled;
    private final float constant;

    ScalarScorer(Metric metric, float[] query, float[] scaled, float constant) {
      super(metric, query, factors);
      this.scaled = scaled;
      this.constant = constant;
    }

    @Override
    float dot(int place) {
      return constant + CodeKernels.dot(scaled, codes, place * dimension, dimension);
    }
  }

  @Override
  public long bytes() {
    return codes.length + 4L * (base.length + step.length + factors.length);
  }

  @Override
  public void writeTo(BlobOutput out) throws IOException {
    out.putFloats(base);
    out.putFloats(step);
    out.putInt(factors.length);
    out.putFloats(factors);
    out.putBytes(codes);
  }

  @Override
  public int kind() {
    return KIND;
  }
}
