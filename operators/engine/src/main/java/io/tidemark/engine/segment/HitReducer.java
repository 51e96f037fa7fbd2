package io.tidemark.engine.segment;

import io.tidemark.model.column.KeyOrder;
import io.tidemark.model.index.Metric;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merges the hits of many segments for one query. A key appears once: of its candidates the newest
 * wins, whatever its score; of equally new ones the nearer. What is left is ordered by score, best
 * first, then by key. Not thread-safe.
 */
public final class HitReducer {
  /**
   * One candidate.
   *
   * @param key Long or String, all of one kind
   * @param timestamp hybrid, of the row's write
   * @param source number of the segment, as the caller counts them
   * @param row ordinal in it
   */
  public record Hit(Object key, long timestamp, float score, int source, int row) {}

  private final Metric metric;
  private final Map<Object, Hit> newest = new HashMap<>();

  public HitReducer(Metric metric) {
    this.metric = metric;
  }

  public void add(Object key, long timestamp, float score, int source, int row) {
    Hit hit = new Hit(key, timestamp, score, source, row);
    newest.merge(key, hit, this::newer);
  }

  /**
   * Forgets the keys of these hits.
   *
   * @return whether there were any
   */
  public boolean removeAll(Collection<Hit> outdated) {
    outdated.forEach(hit -> newest.remove(hit.key()));
    return !outdated.isEmpty();
  }

  /** What is known of a key; null if nothing is, or it was removed. */
  public @Nullable Hit hit(Object key) {
    return newest.get(key);
  }

  /** Keys seen so far. */
  public int size() {
    return newest.size();
  }

  /** Hits {@code offset} to {@code offset + limit} of the order, fewer if there are no more. */
  public List<Hit> reduce(int offset, int limit) {
    return page(newest.values(), metric.largerIsNearer(), offset, limit);
  }

  /** A part of the order by score, then by key. */
  static List<Hit> page(Collection<Hit> hits, boolean largerFirst, int offset, int limit) {
    if (offset < 0 || limit < 0) {
      throw new IllegalArgumentException(
          "offset " + offset + " and limit " + limit + ", expected 0 or more");
    }
    List<Hit> ordered = new ArrayList<>(hits);
    ordered.sort(order(largerFirst));
    int from = Math.min(offset, ordered.size());
    int to = (int) Math.min(ordered.size(), (long) from + limit);
    return List.copyOf(ordered.subList(from, to));
  }

  private Hit newer(Hit known, Hit other) {
    if (known.timestamp != other.timestamp) {
      return known.timestamp > other.timestamp ? known : other;
    }
    return metric.nearer(other.score, known.score) ? other : known;
  }

  private static Comparator<Hit> order(boolean largerFirst) {
    Comparator<Hit> byScore =
        largerFirst
            ? (a, b) -> Float.compare(b.score, a.score)
            : (a, b) -> Float.compare(a.score, b.score);
    return byScore.thenComparing(hit -> hit.key, KeyOrder.INSTANCE);
  }
}
