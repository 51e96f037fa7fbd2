package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.model.index.Metric;
import java.io.IOException;

/**
 * Product quantisation (Jégou et al., <i>Product quantization for nearest neighbor search</i>,
 * 2011): a vector is cut into {@code m} parts, and each is told by the nearest of 2^nbits words of
 * its part's codebook. A byte holds one word's number, or with 4 bits those of two parts, the
 * earlier one below; a search adds up one table entry per byte.
 *
 * <pre>
 * codes := m:int32  nbits:int32  words:float32[m × (dimension / m) × 2^nbits]  count:int32
 *          factors:float32[count]  code:uint8[rows × ⌈m × nbits' / 8⌉]
 * </pre>
 *
 * where nbits' is 4 for 4 bits and else 8. Words lie part by part, in a part place by place: all
 * first values, then all second ones. {@code factors} are the metric's, see {@link CodeFactors};
 * none for IP.
 */
public final class ProductCodes implements VectorCodes {
  static final int KIND = 2;

  /** Entries of a table for one byte. */
  private static final int TABLE = 256;

  private final Codebook book;
  private final float[] factors;
  private final byte[] codes;

  private ProductCodes(Codebook book, float[] factors, byte[] codes) {
    this.book = book;
    this.factors = factors;
    this.codes = codes;
  }

  /**
   * Codes of vectors.
   *
   * @param data row-major
   * @param rows which of them get codes, in this order
   * @param parts a divisor of the dimension
   * @param bits of a word's number, from 1 to 8
   * @param threads that build, from 1; the result does not depend on them
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static ProductCodes of(
      float[] data, int dimension, int[] rows, int parts, int bits, Metric metric, int threads)
      throws InterruptedException {
    try (RowRanges ranges = new RowRanges(threads)) {
      Codebook book = Codebook.train(data, dimension, rows, parts, bits, ranges);
      int bytes = book.bytesPerCode();
      byte[] codes = new byte[Math.multiplyExact(rows.length, bytes)];
      float[] factors = CodeFactors.room(metric, rows.length);
      ranges.each(
          rows.length,
          (from, to) -> {
            float[] dots = new float[book.words()];
            for (int place = from; place < to; place++) {
              float squared = book.encode(data, rows[place] * dimension, codes, place, dots);
              if (factors.length > 0) {
                factors[place] = CodeFactors.of(metric, squared);
              }
            }
          },
          done -> {});
      return new ProductCodes(book, factors, codes);
    }
  }

  static ProductCodes read(BlobInput in, int count, int dimension) throws IOException {
    int parts = in.getInt();
    int bits = in.getInt();
    if (parts < 1 || dimension % parts != 0 || bits < 1 || bits > 8) {
      throw new IOException(
          "product codes of " + parts + " parts and " + bits + " bits for dimension " + dimension);
    }
    Codebook book =
        new Codebook(in.getFloats((long) dimension << bits), dimension / parts, parts, bits);
    float[] factors = in.getFloats(in.getInt());
    return new ProductCodes(book, factors, in.getBytes((long) count * book.bytesPerCode()));
  }

  @Override
  public RowScorer scorer(Metric metric, float[] query) {
    return new ProductScorer(metric, query, book.tables(query));
  }

  private final class ProductScorer extends CodeScorer {
    private final float[] tables;
    private final int bytes = book.bytesPerCode();

    ProductScorer(Metric metric, float[] query, float[] tables) {
      super(metric, query, factors);
      this.tables = tables;
    }

    /** Four sums, so that additions do not wait for one another. */
    @Override
    float dot(int place) {
      int at = place * bytes;
      int table = 0;
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      int i = 0;
      for (; i <= bytes - 4; i += 4) {
        s0 += tables[table + (codes[at + i] & 0xFF)];
        s1 += tables[table + TABLE + (codes[at + i + 1] & 0xFF)];
        s2 += tables[table + 2 * TABLE + (codes[at + i + 2] & 0xFF)];
        s3 += tables[table + 3 * TABLE + (codes[at + i + 3] & 0xFF)];
        table += 4 * TABLE;
      }
      for (; i < bytes; i++) {
        s0 += tables[table + (codes[at + i] & 0xFF)];
        table += TABLE;
      }
      return s0 + s1 + (s2 + s3);
    }
  }

  @Override
  public long bytes() {
    return codes.length + 4L * factors.length + book.bytes();
  }

  @Override
  public void writeTo(BlobOutput out) throws IOException {
    book.writeTo(out);
    out.putInt(factors.length);
    out.putFloats(factors);
    out.putBytes(codes);
  }

  @Override
  public int kind() {
    return KIND;
  }
}
