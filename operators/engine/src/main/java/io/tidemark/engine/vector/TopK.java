package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;
import java.util.Arrays;

/**
 * Keeps the {@code k} best of what is added, under one metric; of equal scores the lower ordinals.
 * A NaN score is never kept. Each ordinal is to be added once. Can be narrowed to a range of
 * scores. Not thread-safe.
 *
 * <p>A hit is one long, larger is better: the nearness as sortable bits above, the ordinal's
 * complement below; a heap of them keeps the worst at its root.
 */
public final class TopK {
  private static final int INITIAL = 64;

  private final int k;
  private final Metric metric;
  private long[] heap;
  private int size;
  private float lowest = Float.NEGATIVE_INFINITY;
  private float highest = Float.POSITIVE_INFINITY;

  /**
   * @throws IllegalArgumentException if k is negative
   */
  public TopK(int k, Metric metric) {
    if (k < 0) {
      throw new IllegalArgumentException("k is " + k + ", expected 0 or more");
    }
    this.k = k;
    this.metric = metric;
    this.heap = new long[Math.min(k, INITIAL)];
  }

  public int k() {
    return k;
  }

  public Metric metric() {
    return metric;
  }

  public int size() {
    return size;
  }

  public boolean isFull() {
    return size == k;
  }

  /**
   * From now on keeps only scores in Milvus's range: at least as far as {@code rangeFilter}, nearer
   * than {@code radius}. NaN is no bound.
   */
  public void restrict(float radius, float rangeFilter) {
    if (!Float.isNaN(radius)) {
      lowest = Math.nextUp(toNearness(radius));
    }
    if (!Float.isNaN(rangeFilter)) {
      highest = toNearness(rangeFilter);
    }
  }

  /** Whether a hit of this nearness lies before the range, so that farther ones are wanted. */
  public boolean isTooNear(float nearness) {
    return nearness > highest;
  }

  /** Whether hits that are too near are left out. */
  public boolean hasInnerBound() {
    return highest != Float.POSITIVE_INFINITY;
  }

  /** Offers a row with the metric's score. */
  public void add(int ordinal, float score) {
    addNearness(ordinal, toNearness(score));
  }

  /** Offers a row with a score turned so that larger is nearer. */
  public void addNearness(int ordinal, float nearness) {
    if (!(nearness >= lowest && nearness <= highest) || k == 0) {
      return;
    }
    long entry = (long) sortable(nearness + 0f) << 32 | (~ordinal & 0xFFFF_FFFFL);
    if (size < k) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, (int) Math.min(k, heap.length * 2L));
      }
      siftUp(size++, entry);
    } else if (entry > heap[0]) {
      siftDown(entry);
    }
  }

  /**
   * The worst score kept, once {@code k} are; before that the worst a score can be, so that nothing
   * is ruled out by it.
   */
  public float worst() {
    return metric.largerIsNearer() ? worstNearness() : -worstNearness();
  }

  /** As {@link #worst}, larger is nearer. */
  public float worstNearness() {
    return size < k || k == 0 ? Float.NEGATIVE_INFINITY : nearnessOf(heap[0]);
  }

  /** Takes everything out, best first. */
  public Hits drain() {
    long[] entries = Arrays.copyOf(heap, size);
    Arrays.sort(entries);
    int[] ordinals = new int[size];
    float[] scores = new float[size];
    for (int i = 0; i < size; i++) {
      long entry = entries[size - 1 - i];
      ordinals[i] = ~(int) entry;
      float nearness = nearnessOf(entry);
      scores[i] = metric.largerIsNearer() ? nearness : 0f - nearness;
    }
    size = 0;
    return new Hits(ordinals, scores);
  }

  private float toNearness(float score) {
    return metric.largerIsNearer() ? score : -score;
  }

  private void siftUp(int index, long entry) {
    int at = index;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heap[parent] <= entry) {
        break;
      }
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  private void siftDown(long entry) {
    int at = 0;
    int half = size >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= entry) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }

  /** Bits that compare as ints as the floats do. */
  private static int sortable(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ (bits >> 31 & 0x7FFF_FFFF);
  }

  private static float nearnessOf(long entry) {
    int bits = (int) (entry >> 32);
    return Float.intBitsToFloat(bits ^ (bits >> 31 & 0x7FFF_FFFF));
  }

  /** What a collector held, best first; {@code scores[i]} belongs to {@code ordinals[i]}. */
  public static final class Hits {
    private final int[] ordinals;
    private final float[] scores;

    Hits(int[] ordinals, float[] scores) {
      this.ordinals = ordinals;
      this.scores = scores;
    }

    public int size() {
      return ordinals.length;
    }

    /** Row ordinals; not to be written to. */
    public int[] ordinals() {
      return ordinals;
    }

    /** The metric's scores; not to be written to. */
    public float[] scores() {
      return scores;
    }

    public int ordinal(int i) {
      return ordinals[i];
    }

    public float score(int i) {
      return scores[i];
    }
  }
}
