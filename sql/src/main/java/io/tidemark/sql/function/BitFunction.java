package io.tidemark.sql.function;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.jspecify.annotations.Nullable;

/** A comparison of two vectors of bits. */
public abstract class BitFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  BitFunction() {
    super(2, true, DataTypes.FLOAT());
  }

  /** NULL if a vector is NULL. */
  public @Nullable Float eval(byte @Nullable [] a, byte @Nullable [] b) {
    return ofAny(a, b);
  }

  /** As of bytes; an element other than 0 or FALSE is a 1. */
  public @Nullable Float eval(@Nullable ArrayData a, @Nullable ArrayData b) {
    return ofAny(a, b);
  }

  /** As of bytes. */
  public @Nullable Float eval(byte @Nullable [] a, @Nullable ArrayData b) {
    return ofAny(a, b);
  }

  /** As of bytes. */
  public @Nullable Float eval(@Nullable ArrayData a, byte @Nullable [] b) {
    return ofAny(a, b);
  }

  private @Nullable Float ofAny(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return null;
    }
    checkSame(reader(0).dimension(a), reader(1).dimension(b));
    byte[] left = reader(0).bits(a);
    byte[] right = reader(1).bits(b);
    int common = 0;
    int any = 0;
    for (int i = 0; i < left.length; i++) {
      common += Integer.bitCount(left[i] & right[i] & 0xff);
      any += Integer.bitCount((left[i] | right[i]) & 0xff);
    }
    return ofCounts(common, any);
  }

  /**
   * @param common bits that are 1 in both
   * @param any bits that are 1 in one or both
   */
  abstract float ofCounts(int common, int any);
}
