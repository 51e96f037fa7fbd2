package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Rows of {@link BinaryVectors} against bits, 64 at a time. */
final class BinaryScorer extends RowScorer {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final boolean jaccard;
  private final byte[] query;
  private final byte[] data;

  /**
   * @param query as long as a row
   * @throws IllegalArgumentException if bits are not compared by the metric
   */
  BinaryScorer(Metric metric, byte[] query, byte[] data) {
    this.jaccard =
        switch (metric) {
          case HAMMING -> false;
          case JACCARD -> true;
          case L2, IP, COSINE, MHJACCARD -> throw metric.unknownTo("bits");
        };
    this.query = query;
    this.data = data;
  }

  @Override
  public float nearness(int row) {
    int offset = row * query.length;
    return jaccard ? -jaccard(offset) : -hamming(offset);
  }

  private int hamming(int offset) {
    int length = query.length;
    int sum = 0;
    int i = 0;
    for (int end = length - Long.BYTES; i <= end; i += Long.BYTES) {
      sum += Long.bitCount((long) LONGS.get(query, i) ^ (long) LONGS.get(data, offset + i));
    }
    for (; i < length; i++) {
      sum += Integer.bitCount((query[i] ^ data[offset + i]) & 0xff);
    }
    return sum;
  }

  /** 1 if no bit is 1, as in Milvus. */
  private float jaccard(int offset) {
    int length = query.length;
    int both = 0;
    int any = 0;
    int i = 0;
    for (int end = length - Long.BYTES; i <= end; i += Long.BYTES) {
      long q = (long) LONGS.get(query, i);
      long d = (long) LONGS.get(data, offset + i);
      both += Long.bitCount(q & d);
      any += Long.bitCount(q | d);
    }
    for (; i < length; i++) {
      both += Integer.bitCount(query[i] & data[offset + i] & 0xff);
      any += Integer.bitCount((query[i] | data[offset + i]) & 0xff);
    }
    return any == 0 ? 1 : (float) (any - both) / any;
  }

  @Override
  public void nearness(int[] rows, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = nearness(rows[i]);
    }
  }

  @Override
  public void nearness(int from, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = nearness(from + i);
    }
  }
}
