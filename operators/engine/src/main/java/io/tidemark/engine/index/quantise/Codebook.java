package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.blob.BlobOutput;
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

  static Codebook train(
      float[] data, int dimension, int[] rows, int parts, int bits, RowRanges ranges)
      throws InterruptedException {
    int words = 1 << bits;
    int samples = Math.min(rows.length, words * SAMPLES_PER_WORD);
    int[] sample = new int[samples];
    for (int i = 0; i < samples; i++) {
      sample[i] = rows[(int) ((long) i * rows.length / samples)];
    }
    int length = dimension / parts;
    float[] columns = new float[dimension * words];
    ranges.each(
        parts,
        1,
        (from, to) -> {
          for (int part = from; part < to; part++) {
            trainPart(data, dimension, sample, part, length, words, columns);
          }
        },
        done -> {});
    return new Codebook(columns, length, parts, bits);
  }

  /** Lloyd's rounds; a word that nobody is nearest to moves onto a random sample. */
  private static void trainPart(
      float[] data, int dimension, int[] sample, int part, int length, int words, float[] columns) {
    if (sample.length == 0) {
      return;
    }
    Random random = new Random(SEED + part);
    float[] current = new float[length * words];
    for (int w = 0; w < words; w++) {
      place(
          current,
          w,
          words,
          data,
          sample[random.nextInt(sample.length)] * dimension + part * length,
          length);
    }
    float[] dots = new float[words];
    for (int round = 0; round < ROUNDS; round++) {
      float[] halves = halves(current, length, words);
      double[] sums = new double[length * words];
      int[] sizes = new int[words];
      for (int row : sample) {
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
              current,
              w,
              words,
              data,
              sample[random.nextInt(sample.length)] * dimension + part * length,
              length);
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
    return bits == 4 ? (parts + 1) / 2 : parts;
  }

  /**
   * Writes the code of a vector and returns its squared length as the code tells it.
   *
   * @param dots room for {@link #words()}
   */
  float encode(float[] vector, int offset, byte[] codes, int place, float[] dots) {
    int words = words();
    int at = place * bytesPerCode();
    float squared = 0;
    for (int part = 0; part < parts; part++) {
      int first = part * length * words;
      CodeKernels.dots(vector, offset + part * length, length, columns, first, words, dots);
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

  /** For each byte of a code, by its value, the product of the query with what it stands for. */
  float[] tables(float[] query) {
    int words = words();
    float[] tables = new float[bytesPerCode() * TABLE];
    float[] low = new float[words];
    float[] high = new float[words];
    for (int part = 0; part < parts; part += bits == 4 ? 2 : 1) {
      products(query, part, low);
      if (bits != 4) {
        System.arraycopy(low, 0, tables, part * TABLE, words);
        continue;
      }
      java.util.Arrays.fill(high, 0);
      if (part + 1 < parts) {
        products(query, part + 1, high);
      }
      for (int h = 0; h < words; h++) {
        for (int l = 0; l < words; l++) {
          tables[part / 2 * TABLE + h * words + l] = high[h] + low[l];
        }
      }
    }
    return tables;
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
