package io.tidemark.engine.vector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * MHJACCARD: the share of a signature's elements that are the same in a row of {@link
 * BinaryVectors}. Elements are compared 8 bytes at a time. NaN, which is no hit, if none is the
 * same.
 */
final class SignatureScorer extends RowScorer {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] query;
  private final byte[] data;
  private final int elements;

  /** In each element of 8 bytes all bits but the highest. */
  private final long low;

  SignatureScorer(BinaryQuery query, byte[] data) {
    this.query = query.bits();
    this.data = data;
    this.elements = this.query.length / query.elementBytes();
    this.low =
        switch (query.elementBytes()) {
          case 1 -> 0x7F7F_7F7F_7F7F_7F7FL;
          case 2 -> 0x7FFF_7FFF_7FFF_7FFFL;
          case 4 -> 0x7FFF_FFFF_7FFF_FFFFL;
          default -> Long.MAX_VALUE;
        };
  }

  @Override
  public float nearness(int row) {
    int length = query.length;
    int offset = row * length;
    int same = 0;
    int i = 0;
    for (int end = length - Long.BYTES; i <= end; i += Long.BYTES) {
      same += zeros((long) LONGS.get(query, i) ^ (long) LONGS.get(data, offset + i));
    }
    if (i < length) {
      // What is not there differs.
      long rest = -1L << ((length - i) * Byte.SIZE);
      for (int at = i; at < length; at++) {
        rest |= (long) ((query[at] ^ data[offset + at]) & 0xFF) << ((at - i) * Byte.SIZE);
      }
      same += zeros(rest);
    }
    return same == 0 ? Float.NaN : (float) same / elements;
  }

  /** How many elements are 0: in their highest bits only they carry nothing over and have none. */
  private int zeros(long differences) {
    return Long.bitCount(~(((differences & low) + low) | differences | low));
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
