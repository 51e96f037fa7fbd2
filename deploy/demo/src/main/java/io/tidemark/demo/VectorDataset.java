package io.tidemark.demo;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A folder of vectors to measure searches with, as {@code tidemark bench} reads it: {@code
 * base.fvecs} and {@code query.fvecs} (per row its dimension as a little-endian int32, then
 * float32); {@code attr.u8}, one byte a row, uniform in 0…99; {@code gt.ivecs}, the exact 100
 * nearest rows of each query, and {@code gt_f50.ivecs}, {@code gt_f10.ivecs}, {@code gt_f1.ivecs},
 * the exact 10 nearest of those with {@code attr} below 50, 10 and 1 (as {@code .fvecs} with int32;
 * -1 where there are fewer).
 */
public final class VectorDataset {
  private static final int NEAREST = 100;
  private static final int NEAREST_FILTERED = 10;
  private static final int[] PERCENTS = {50, 10, 1};
  private static final int ATTRIBUTES = 100;

  private VectorDataset() {}

  /**
   * Writes the folder, which is there already.
   *
   * @param base of unit length, so that the nearest by cosine, inner product and distance are the
   *     same
   * @param queries of unit length
   * @param seed of the attributes
   */
  public static void write(Path folder, List<float[]> base, List<float[]> queries, long seed)
      throws IOException {
    Random random = new Random(seed);
    byte[] attributes = new byte[base.size()];
    for (int row = 0; row < attributes.length; row++) {
      attributes[row] = (byte) random.nextInt(ATTRIBUTES);
    }
    Files.write(folder.resolve("attr.u8"), attributes);
    append(folder.resolve("base.fvecs"), base);
    append(folder.resolve("query.fvecs"), queries);
    Exact exact = new Exact(base);
    int[][] ranked =
        queries.parallelStream()
            .map(query -> shortened(exact.ranked(query), attributes))
            .toArray(int[][]::new);
    answers(folder.resolve("gt.ivecs"), ranked, attributes, ATTRIBUTES, NEAREST);
    for (int percent : PERCENTS) {
      answers(
          folder.resolve("gt_f" + percent + ".ivecs"),
          ranked,
          attributes,
          percent,
          NEAREST_FILTERED);
    }
  }

  /** As far as the narrowest filter's answer goes. */
  private static int[] shortened(int[] ranked, byte[] attributes) {
    int end = 0;
    for (int passed = 0; end < ranked.length && (passed < NEAREST_FILTERED || end < NEAREST); ) {
      passed += attributes[ranked[end++]] < PERCENTS[PERCENTS.length - 1] ? 1 : 0;
    }
    return Arrays.copyOf(ranked, end);
  }

  private static void answers(Path file, int[][] ranked, byte[] attributes, int below, int count)
      throws IOException {
    ByteBuffer answers =
        ByteBuffer.allocate(ranked.length * (1 + count) * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int[] rows : ranked) {
      int[] passing =
          Arrays.stream(rows).filter(row -> attributes[row] < below).limit(count).toArray();
      answers.putInt(count);
      IntStream.range(0, count)
          .map(i -> i < passing.length ? passing[i] : -1)
          .forEach(answers::putInt);
    }
    Files.write(file, answers.array());
  }

  /** Puts rows behind those that the file has. */
  static void append(Path file, List<float[]> rows) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
      for (float[] row : rows) {
        ByteBuffer bytes =
            ByteBuffer.allocate((1 + row.length) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(row.length);
        bytes.asFloatBuffer().put(row);
        out.write(bytes.array());
      }
    }
  }

  /** The whole rows of a file, which may end within one. */
  static List<float[]> read(Path file, int dimension) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int width = (1 + dimension) * Integer.BYTES;
    return IntStream.range(0, bytes.capacity() / width)
        .mapToObj(row -> {
          float[] vector = new float[dimension];
          bytes
              .slice(row * width + Integer.BYTES, width - Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .get(vector);
          return vector;
        })
        .toList();
  }
}
