package io.tidemark.connectors.row;

import org.jspecify.annotations.Nullable;

/**
 * One row on its way to a collection, checked against its schema: what it is to become, or that its
 * key is to go. Not thread-safe; owns its values.
 */
public final class RowChange {
  private final @Nullable Object key;
  private final boolean deletion;
  private final String partition;
  private final @Nullable Object[] values;
  private final int bytes;

  /**
   * @param key Long or String; null only if the server makes the keys
   * @param partition empty for the default one, and for a deletion
   * @param values one per written field, as {@link RowLayout} lists them: Boolean, Integer (up to
   *     32 bits), Long, Float, Double, {@code ByteString} (texts and JSON, UTF-8), {@code float[]}
   *     (FLOAT_VECTOR), {@code byte[]} (other vectors, as on the wire) or null; none of a deletion
   * @param bytes about what it takes in a request
   */
  RowChange(
      @Nullable Object key,
      boolean deletion,
      String partition,
      @Nullable Object[] values,
      int bytes) {
    this.key = key;
    this.deletion = deletion;
    this.partition = partition;
    this.values = values;
    this.bytes = bytes;
  }

  /** Long or String; null only if the server makes the keys. */
  public @Nullable Object key() {
    return key;
  }

  public boolean deletion() {
    return deletion;
  }

  /** Empty for the default one. */
  public String partition() {
    return partition;
  }

  /** About what it takes in a request, in bytes. */
  public int bytes() {
    return bytes;
  }

  @Nullable Object value(int index) {
    return values[index];
  }
}
