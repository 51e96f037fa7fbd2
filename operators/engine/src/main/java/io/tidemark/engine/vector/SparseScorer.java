package io.tidemark.engine.vector;

/**
 * Rows of {@link SparseVectors} against a sparse query, by inner product. The query's values are in
 * a hash table so roomy that an index which the query lacks is mostly told by one look.
 */
final class SparseScorer extends RowScorer {
  /** No index of a row or query. */
  private static final int FREE = -1;

  private static final int ROOM = 8;

  /** Of long queries, whose table would be larger than the processor's caches in any case. */
  private static final int LONG_ROOM = 2;

  private static final int LONG = 1 << 14;
  private static final int SPREAD = 0x9E37_79B1;

  private final int[] starts;
  private final int[] indices;
  private final float[] values;
  private final int[] keys;
  private final float[] weights;
  private final int shift;

  SparseScorer(SparseQuery query, SparseVectors vectors) {
    this.starts = vectors.starts();
    this.indices = vectors.indices();
    this.values = vectors.values();
    int count = query.dimension();
    int room = Math.multiplyExact(Math.max(1, count), count < LONG ? ROOM : LONG_ROOM);
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(room - 1);
    this.shift = Integer.SIZE - bits;
    this.keys = new int[1 << bits];
    this.weights = new float[1 << bits];
    java.util.Arrays.fill(keys, FREE);
    for (int i = 0; i < count; i++) {
      int slot = (query.indices()[i] * SPREAD) >>> shift;
      while (keys[slot] != FREE) {
        slot = (slot + 1) & (keys.length - 1);
      }
      keys[slot] = query.indices()[i];
      weights[slot] = query.values()[i];
    }
  }

  /** NaN for a row that shares no index with the query: as in Milvus it is no hit. */
  @Override
  public float nearness(int row) {
    int end = starts[row + 1];
    int last = keys.length - 1;
    float sum = 0;
    for (int i = starts[row]; i < end; i++) {
      int index = indices[i];
      int slot = (index * SPREAD) >>> shift;
      int key = keys[slot];
      while (key != FREE) {
        if (key == index) {
          sum += weights[slot] * values[i];
          break;
        }
        slot = (slot + 1) & last;
        key = keys[slot];
      }
    }
    return sum > 0 ? sum : Float.NaN;
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
