package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.RowTouch;
import io.tidemark.engine.vector.Scores;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Product quantisation (Jégou et al., <i>Product quantization for nearest neighbor search</i>,
 * 2011): a vector is cut into {@code m} parts, and each is told by the nearest of 2^nbits words of
 * its part's codebook. A byte holds one word's number, or with 4 bits those of two parts, the
 * earlier one below; a search adds up one table entry per byte. With more than one level (product
 * residual quantisation) each further level does the same with what the levels before it have left
 * of the vector, and what a code stands for is the sum of its levels.
 *
 * <pre>
 * codes    := product | residual
 * product  := book  count:int32  factors:float32[count]  code:uint8[rows × bytes]
 * residual := levels:int32  book × levels  count:int32  factors:float32[count]
 *             code:uint8[rows × levels × bytes]
 * book     := m:int32  nbits:int32  words:float32[m × (dimension / m) × 2^nbits]
 * </pre>
 *
 * where {@code bytes} is ⌈m / 2⌉ for 4 bits and else m, and all books of one file have the same m
 * and nbits. Words lie part by part, in a part place by place: all first values, then all second
 * ones. {@code factors} are the metric's, see {@link CodeFactors}; none for IP.
 */
public final class ProductCodes implements VectorCodes {
  static final int KIND = 2;
  static final int KIND_OF_LEVELS = 4;

  /** Of levels, by Milvus's rule. */
  static final int LEVELS_MAX = 16;

  /** Entries of a table for one byte. */
  private static final int TABLE = 256;

  private final List<Codebook> levels;
  private final float[] factors;
  private final byte[] codes;

  private ProductCodes(List<Codebook> levels, float[] factors, byte[] codes) {
    this.levels = List.copyOf(levels);
    this.factors = factors;
    this.codes = codes;
  }

  /**
   * Codes of vectors.
   *
   * @param rows of the vectors that count
   * @param parts a divisor of the dimension
   * @param bits of a word's number, from 1 to 8
   * @param levels from 1
   * @param threads that build, from 1; the result does not depend on them
   * @throws TidemarkException 1100 if the codes of so many rows take too many bytes
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static ProductCodes of(
      DenseVectors vectors,
      CodeRows rows,
      int parts,
      int bits,
      int levels,
      Metric metric,
      int threads)
      throws InterruptedException {
    int bytes = Codebook.bytesPerCode(parts, bits) * levels;
    int length = ProductParameters.lengthOfAll(rows.places(), bytes);
    try (RowRanges ranges = new RowRanges(threads)) {
      List<Codebook> books = train(vectors, rows, parts, bits, levels, ranges);
      byte[] codes = new byte[length];
      float[] factors = CodeFactors.room(metric, rows.places());
      ranges.each(
          rows.count(),
          (from, to) -> {
            Encoder encoder = new Encoder(books, vectors.dimension());
            for (int r = from; r < to; r++) {
              vectors.copy(rows.row(r), encoder.rest, 0);
              boolean zero = CodeFactors.isZero(encoder.rest);
              float squared = encoder.encode(codes, rows.place(r) * bytes);
              if (factors.length > 0) {
                factors[rows.place(r)] = CodeFactors.of(metric, zero, squared);
              }
            }
          },
          done -> {});
      return new ProductCodes(books, factors, codes);
    }
  }

  /** Each level on what the ones before it leave of the sample. */
  private static List<Codebook> train(
      DenseVectors vectors, CodeRows rows, int parts, int bits, int levels, RowRanges ranges)
      throws InterruptedException {
    int dimension = vectors.dimension();
    float[] sample = Codebook.sample(vectors, rows, bits);
    List<Codebook> books = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      Codebook book = Codebook.train(sample, dimension, parts, bits, ranges);
      books.add(book);
      if (level + 1 < levels) {
        ranges.each(
            sample.length / dimension,
            (from, to) -> {
              Encoder encoder = new Encoder(List.of(book), dimension);
              byte[] code = new byte[book.bytesPerCode()];
              for (int row = from; row < to; row++) {
                System.arraycopy(sample, row * dimension, encoder.rest, 0, dimension);
                Arrays.fill(code, (byte) 0);
                encoder.encode(code, 0);
                book.subtract(code, 0, sample, row * dimension);
              }
            },
            done -> {});
      }
    }
    return books;
  }

  /** Encodes one vector after another. For one thread. */
  private static final class Encoder {
    private final List<Codebook> books;

    /** The vector to be encoded, then what its levels leave of it. */
    final float[] rest;

    private final float[] given;
    private final float[] dots;

    Encoder(List<Codebook> books, int dimension) {
      this.books = books;
      this.rest = new float[dimension];
      this.given = new float[dimension];
      this.dots = new float[books.getFirst().words()];
    }

    /** Returns the squared length of what the code stands for. */
    float encode(byte[] codes, int at) {
      Codebook first = books.getFirst();
      if (books.size() == 1) {
        return first.encode(rest, codes, at, dots);
      }
      System.arraycopy(rest, 0, given, 0, given.length);
      int level = at;
      for (Codebook book : books) {
        book.encode(rest, codes, level, dots);
        book.subtract(codes, level, rest, 0);
        level += book.bytesPerCode();
      }
      return Scores.squaredDistance(given, 0, rest, 0, rest.length);
    }
  }

  static ProductCodes read(BlobInput in, int count, int dimension, int levels) throws IOException {
    if (levels < 1 || levels > LEVELS_MAX) {
      throw new IOException("product codes of " + levels + " levels, the limit is " + LEVELS_MAX);
    }
    List<Codebook> books = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      books.add(Codebook.read(in, dimension));
      if (books.getFirst().bytesPerCode() != books.get(level).bytesPerCode()) {
        throw new IOException("product codes whose levels differ in their parts");
      }
    }
    float[] factors = in.getFloats(in.getInt());
    long bytes = (long) levels * books.getFirst().bytesPerCode();
    return new ProductCodes(books, factors, in.getBytes(count * bytes));
  }

  /** Bytes of one vector's code. */
  private int bytesPerCode() {
    return levels.size() * levels.getFirst().bytesPerCode();
  }

  @Override
  public RowScorer scorer(Metric metric, float[] query) {
    int each = levels.getFirst().bytesPerCode() * TABLE;
    float[] tables = new float[levels.size() * each];
    for (int level = 0; level < levels.size(); level++) {
      levels.get(level).tables(query, tables, level * each);
    }
    return new ProductScorer(metric, query, tables);
  }

  private final class ProductScorer extends CodeScorer {
    private final float[] tables;
    private final int bytes = bytesPerCode();

    ProductScorer(Metric metric, float[] query, float[] tables) {
      super(metric, query, factors);
      this.tables = tables;
    }

    @Override
    void touch(int[] places, int count) {
      RowTouch.bytes(codes, 0, places, count, bytes);
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
    return codes.length + 4L * factors.length + levels.stream().mapToLong(Codebook::bytes).sum();
  }

  @Override
  public void writeTo(BlobOutput out) throws IOException {
    if (levels.size() > 1) {
      out.putInt(levels.size());
    }
    for (Codebook book : levels) {
      book.writeTo(out);
    }
    out.putInt(factors.length);
    out.putFloats(factors);
    out.putBytes(codes);
  }

  @Override
  public int kind() {
    return levels.size() == 1 ? KIND : KIND_OF_LEVELS;
  }
}
