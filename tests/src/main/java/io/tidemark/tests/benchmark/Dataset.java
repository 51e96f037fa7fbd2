package io.tidemark.tests.benchmark;

import io.tidemark.engine.vector.FloatVectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with vectors, queries and exact answers: {@code base} and {@code query} as {@code
 * .fvecs} (per row a little-endian int32 dimension, then float32) or {@code .bvecs} (the same, then
 * unsigned bytes), {@code gt.ivecs} with the exact nearest rows, {@code attr.u8} one byte per row,
 * uniform in 0…99, and {@code gt_fS.ivecs} the exact nearest among the rows with {@code attr < S}.
 */
public final class Dataset {
  private final Path folder;
  private final float[][] base;
  private final float[][] queries;
  private final byte[] attributes;

  private Dataset(Path folder, float[][] base, float[][] queries, byte[] attributes) {
    this.folder = folder;
    this.base = base;
    this.queries = queries;
    this.attributes = attributes;
  }

  public static Dataset read(Path folder) {
    try {
      return new Dataset(
          folder,
          vectors(folder, "base"),
          vectors(folder, "query"),
          Files.readAllBytes(folder.resolve("attr.u8")));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no dataset at " + folder + ": base, query, gt.ivecs and attr.u8 are expected there", e);
    }
  }

  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  public float[][] base() {
    return base;
  }

  public float[][] queries() {
    return queries;
  }

  public int dimension() {
    return base[0].length;
  }

  /** The value of {@code attr} of a row. */
  public int attribute(int row) {
    return attributes[row] & 0xff;
  }

  /**
   * Exact nearest rows per query; {@code percent} of the rows pass the filter, 100 for no filter.
   */
  public int[][] truth(int percent) {
    try {
      return ints(
          Files.readAllBytes(
              folder.resolve(percent == 100 ? "gt.ivecs" : "gt_f" + percent + ".ivecs")));
    } catch (IOException e) {
      throw new UncheckedIOException("no exact answers for a filter of " + percent + " %", e);
    }
  }

  public boolean hasTruth(int percent) {
    return percent == 100 || Files.exists(folder.resolve("gt_f" + percent + ".ivecs"));
  }

  /** Vectors as the engine takes them, copied. */
  public static FloatVectors joined(float[][] vectors) {
    int dimension = vectors[0].length;
    float[] all = new float[vectors.length * dimension];
    for (int row = 0; row < vectors.length; row++) {
      System.arraycopy(vectors[row], 0, all, row * dimension, dimension);
    }
    return new FloatVectors(all, dimension);
  }

  private static float[][] vectors(Path folder, String name) throws IOException {
    Path floats = folder.resolve(name + ".fvecs");
    boolean bytes = !Files.exists(floats);
    ByteBuffer buffer =
        ByteBuffer.wrap(Files.readAllBytes(bytes ? folder.resolve(name + ".bvecs") : floats))
            .order(ByteOrder.LITTLE_ENDIAN);
    int dimension = buffer.getInt(0);
    int rows = buffer.capacity() / (4 + dimension * (bytes ? 1 : 4));
    float[][] vectors = new float[rows][dimension];
    for (float[] vector : vectors) {
      buffer.getInt();
      for (int i = 0; i < dimension; i++) {
        vector[i] = bytes ? buffer.get() & 0xff : buffer.getFloat();
      }
    }
    return vectors;
  }

  private static int[][] ints(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int width = buffer.getInt(0);
    int[][] rows = new int[bytes.length / (4 + width * 4)][width];
    for (int[] row : rows) {
      buffer.getInt();
      for (int i = 0; i < width; i++) {
        row[i] = buffer.getInt();
      }
    }
    return rows;
  }
}
