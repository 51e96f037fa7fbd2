package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.RowTouch;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.util.Arrays;

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

  /**
   * Bytes before the first code: with an array's header they fill a cache line, so that the codes
   * of 64 or 128 numbers lie in as few of them as can be.
   */
  private static final int LEAD = 48;

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
   * @param rows of the vectors that count
   */
  public static ScalarCodes of(DenseVectors vectors, CodeRows rows, Metric metric) {
    int dimension = vectors.dimension();
    float[] vector = new float[dimension];
    float[] base = new float[dimension];
    float[] step = new float[dimension];
    float[] most = new float[dimension];
    Arrays.fill(base, Float.POSITIVE_INFINITY);
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
    for (int r = 0; r < rows.count(); r++) {
      vectors.copy(rows.row(r), vector, 0);
      for (int i = 0; i < dimension; i++) {
        base[i] = Math.min(base[i], vector[i]);
        most[i] = Math.max(most[i], vector[i]);
      }
    }
    float[] least = base.clone();
    float[] steps = new float[dimension];
    for (int i = 0; i < dimension && rows.count() > 0; i++) {
      step[i] = (most[i] - least[i]) / 255;
      steps[i] = step[i] > 0 ? 1 / step[i] : 0;
      base[i] = least[i] + 128 * step[i];
    }
    byte[] codes = new byte[Math.addExact(LEAD, Math.multiplyExact(rows.places(), dimension))];
    float[] factors = CodeFactors.room(metric, rows.places());
    for (int r = 0; r < rows.count(); r++) {
      int place = rows.place(r);
      vectors.copy(rows.row(r), vector, 0);
      float squared = 0;
      for (int i = 0; i < dimension; i++) {
        int code = Math.min(255, (int) ((vector[i] - least[i]) * steps[i] + 0.5f)) - 128;
        codes[LEAD + place * dimension + i] = (byte) code;
        float back = base[i] + step[i] * code;
        squared += back * back;
      }
      if (factors.length > 0) {
        factors[place] = CodeFactors.of(metric, CodeFactors.isZero(vector), squared);
      }
    }
    return new ScalarCodes(dimension, base, step, factors, codes);
  }

  static ScalarCodes read(BlobInput in, int count, int dimension) throws IOException {
    float[] base = in.getFloats(dimension);
    float[] step = in.getFloats(dimension);
    float[] factors = in.getFloats(in.getInt());
    return new ScalarCodes(
        dimension, base, step, factors, in.getBytes((long) count * dimension, LEAD));
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
    void touch(int[] places, int count) {
      RowTouch.bytes(codes, LEAD, places, count, dimension);
    }

    @Override
    float dot(int place) {
      return constant + CodeKernels.dot(scaled, codes, LEAD + place * dimension, dimension);
    }

    @Override
    void dots(int from, int count, float[] out) {
      int i = 0;
      for (; i <= count - 4; i += 4) {
        CodeKernels.fourDots(scaled, codes, LEAD + (from + i) * dimension, dimension, out, i);
      }
      for (; i < count; i++) {
        out[i] = CodeKernels.dot(scaled, codes, LEAD + (from + i) * dimension, dimension);
      }
      for (int row = 0; row < count; row++) {
        out[row] += constant;
      }
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
    out.putBytes(codes, LEAD);
  }

  @Override
  public int kind() {
    return KIND;
  }
}
