package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.vector.DenseVectors;
import java.io.IOException;
import java.util.Random;

/**
 * The words of each part of vectors, trained by k-means over a sample of them. Deterministic and
 * immutable.
 */
final class Codebook {
  private static final int ROUNDS = 8;
  private static final int SAMPLES_PER_WORD = 64;
  private static final int TABLE = 256;

  /** Vectors of many numbers are sampled less densely. */
  private static final int SAMPLE_FLOATS_MAX = 1 << 25;

  private static final long SEED = 0x7157_B00CL;

  private final float[] columns;
  private final int length;
  private final int parts;
  private final int bits;

  /** Half the squared length of each word, part by part. */
  private final float[] halfSquares;

  /**
   * @param columns of each part in turn all words' first values, then all second ones, …
   * @param length values of a part
   */
  Codebook(float[] columns, int length, int parts, int bits) {
    this.columns = columns;
    this.length = length;
    this.parts = parts;
    this.bits = bits;
    int words = words();
    this.halfSquares = new float[parts * words];
    for (int part = 0; part < parts; part++) {
      for (int i = 0; i < length; i++) {
        for (int w = 0; w < words; w++) {
          float value = columns[(part * length + i) * words + w];
          halfSquares[part * words + w] += value * value / 2;
        }
      }
    }
  }

  static Codebook read(BlobInput in, int dimension) throws IOException {
    int parts = in.getInt();
    int bits = in.getInt();
    if (parts < 1 || dimension % parts != 0 || bits < 1 || bits > 8) {
      throw new IOException(
          "product codes of " + parts + " parts and " + bits + " bits for dimension " + dimension);
    }
    return new Codebook(in.getFloats((long) dimension << bits), dimension / parts, parts, bits);
  }

  /** Rows that words are trained on, copied, so that no more of them is ever widened. */
  static float[] sample(DenseVectors vectors, CodeRows rows, int bits) {
    int dimension = vectors.dimension();
    int samples = samples(rows.count(), dimension, bits);
    float[] sample = new float[samples * dimension];
    for (int i = 0; i < samples; i++) {
      int row = rows.row((int) ((long) i * rows.count() / samples));
      vectors.copy(row, sample, i * dimension);
    }
    return sample;
  }

  /** How many rows are sampled. */
  static int samples(long rows, int dimension, int bits) {
    int words = 1 << bits;
    int most = Math.max(words, SAMPLE_FLOATS_MAX / dimension);
    return (int) Math.min(rows, Math.min(words * SAMPLES_PER_WORD, most));
  }

  /**
   * @param sample row-major
   */
  static Codebook train(float[] sample, int dimension, int parts, int bits, RowRanges ranges)
      throws InterruptedException {
    int words = 1 << bits;
    int length = dimension / parts;
    float[] columns = new float[dimension * words];
    ranges.each(
        parts,
        1,
        (from, to) -> {
          for (int part = from; part < to; part++) {
            trainPart(sample, dimension, part, length, words, columns);
          }
        },
        done -> {});
    return new Codebook(columns, length, parts, bits);
  }

  /** Lloyd's rounds; a word that nobody is nearest to moves onto a random sample. */
  private static void trainPart(
      float[] data, int dimension, int part, int length, int words, float[] columns) {
    int samples = data.length / dimension;
    if (samples == 0) {
      return;
    }
    Random random = new Random(SEED + part);
    float[] current = new float[length * words];
    for (int w = 0; w < words; w++) {
      place(current, w, words, data, random.nextInt(samples) * dimension + part * length, length);
    }
    float[] dots = new float[words];
    for (int round = 0; round < ROUNDS; round++) {
      float[] halves = halves(current, length, words);
      double[] sums = new double[length * words];
      int[] sizes = new int[words];
      for (int row = 0; row < samples; row++) {
        int offset = row * dimension + part * length;
        CodeKernels.dots(data, offset, length, current, 0, words, dots);
        int word = most(dots, halves, 0, words);
        sizes[word]++;
        for (int i = 0; i < length; i++) {
          sums[i * words + word] += data[offset + i];
        }
      }
      for (int w = 0; w < words; w++) {
        if (sizes[w] == 0) {
          place(
              current, w, words, data, random.nextInt(samples) * dimension + part * length, length);
          continue;
        }
        for (int i = 0; i < length; i++) {
          current[i * words + w] = (float) (sums[i * words + w] / sizes[w]);
        }
      }
    }
    System.arraycopy(current, 0, columns, part * length * words, current.length);
  }

  private static void place(
      float[] columns, int word, int words, float[] data, int offset, int length) {
    for (int i = 0; i < length; i++) {
      columns[i * words + word] = data[offset + i];
    }
  }

  private static float[] halves(float[] columns, int length, int words) {
    float[] halves = new float[words];
    for (int i = 0; i < length; i++) {
      for (int w = 0; w < words; w++) {
        halves[w] += columns[i * words + w] * columns[i * words + w] / 2;
      }
    }
    return halves;
  }

  /** The word at the least squared distance. */
  private static int most(float[] dots, float[] halves, int offset, int words) {
    int best = 0;
    for (int w = 1; w < words; w++) {
      best = dots[w] - halves[offset + w] > dots[best] - halves[offset + best] ? w : best;
    }
    return best;
  }

  int words() {
    return 1 << bits;
  }

  int bytesPerCode() {
    return bytesPerCode(parts, bits);
  }

  static int bytesPerCode(int parts, int bits) {
    return bits == 4 ? (parts + 1) / 2 : parts;
  }

  /**
   * Writes the code of a vector and returns its squared length as the code tells it.
   *
   * @param at where the code is to start
   * @param dots room for {@link #words()}
   */
  float encode(float[] vector, byte[] codes, int at, float[] dots) {
    int words = words();
    float squared = 0;
    for (int part = 0; part < parts; part++) {
      int first = part * length * words;
      CodeKernels.dots(vector, part * length, length, columns, first, words, dots);
      int word = most(dots, halfSquares, part * words, words);
      squared += 2 * halfSquares[part * words + word];
      if (bits == 4) {
        codes[at + part / 2] |= (byte) (word << (4 * (part % 2)));
      } else {
        codes[at + part] = (byte) word;
      }
    }
    return squared;
  }

  /**
   * Takes what a code stands for away from a vector.
   *
   * @param at where the code starts
   */
  void subtract(byte[] codes, int at, float[] vector, int offset) {
    int words = words();
    for (int part = 0; part < parts; part++) {
      int word =
          bits == 4 ? codes[at + part / 2] >>> (4 * (part % 2)) & 0xF : codes[at + part] & 0xFF;
      for (int i = 0; i < length; i++) {
        vector[offset + part * length + i] -= columns[(part * length + i) * words + word];
      }
    }
  }

  /**
   * For each byte of a code, by its value, the product of the query with what it stands for.
   *
   * @param tables from {@code at} on has room for 256 numbers a byte
   */
  void tables(float[] query, float[] tables, int at) {
    int words = words();
    float[] low = new float[words];
    float[] high = new float[words];
    for (int part = 0; part < parts; part += bits == 4 ? 2 : 1) {
      products(query, part, low);
      if (bits != 4) {
        System.arraycopy(low, 0, tables, at + part * TABLE, words);
        continue;
      }
      java.util.Arrays.fill(high, 0);
      if (part + 1 < parts) {
        products(query, part + 1, high);
      }
      for (int h = 0; h < words; h++) {
        for (int l = 0; l < words; l++) {
          tables[at + part / 2 * TABLE + h * words + l] = high[h] + low[l];
        }
      }
    }
  }

  private void products(float[] query, int part, float[] out) {
    int first = part * length * words();
    CodeKernels.dots(query, part * length, length, columns, first, words(), out);
  }

  long bytes() {
    return 4L * (columns.length + halfSquares.length);
  }

  void writeTo(BlobOutput out) throws IOException {
    out.putInt(parts);
    out.putInt(bits);
    out.putFloats(columns);
  }
}
