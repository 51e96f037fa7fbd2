package io.tidemark.serving.read;

import io.tidemark.engine.segment.HitReducer;
import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges what one query found in each segment, and says in which there may be more. A key has one
 * hit, its newest row that counts, whether that is near the query or not.
 */
final class HitMerge {
  private final Metric metric;
  private final int k;
  private final List<SearchTarget> targets;
  private final TopK.Hits[] found;
  private final int first;
  private final HitReducer reducer;
  private final List<Hit> best;

  /** Keys of which more rows were found than the one that counts. */
  private final Set<Object> doubled;

  /**
   * @param found by task
   * @param first the query's first task; those in the other targets follow
   */
  HitMerge(Metric metric, int k, List<SearchTarget> targets, TopK.Hits[] found, int first) {
    this.metric = metric;
    this.k = k;
    this.targets = targets;
    this.found = found;
    this.first = first;
    this.reducer = new HitReducer(metric);
    int rows = 0;
    for (int i = 0; i < targets.size(); i++) {
      rows += reduce(targets.get(i), found[first + i]);
    }
    boolean isDoubled = reducer.size() < rows;
    List<Hit> page = reducer.reduce(0, k);
    while (reducer.removeAll(page.stream().filter(this::isOutdated).toList())) {
      page = reducer.reduce(0, k);
      isDoubled = true;
    }
    this.best = page;
    this.doubled = isDoubled ? doubled() : Set.of();
  }

  private int reduce(SearchTarget target, TopK.Hits some) {
    int rows = 0;
    for (int hit = 0; hit < some.size(); hit++) {
      int row = some.ordinal(hit);
      Object key = target.live().rows().key(row);
      if (key != null) {
        long written = target.live().rows().segment().timestamp(row);
        reducer.add(key, written, some.score(hit), target.place(), row);
        rows++;
      }
    }
    return rows;
  }

  private Set<Object> doubled() {
    Set<Object> keys = new HashSet<>();
    for (int i = 0; i < targets.size(); i++) {
      TopK.Hits some = found[first + i];
      for (int hit = 0; hit < some.size(); hit++) {
        Object key = lostKey(targets.get(i), some.ordinal(hit));
        if (key != null) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** The key of a row if another of the key counts; null if it is this one. */
  private @Nullable Object lostKey(SearchTarget target, int row) {
    Object key = target.live().rows().key(row);
    return key == null || isKept(target, row, reducer.hit(key)) ? null : key;
  }

  private static boolean isKept(SearchTarget target, int row, @Nullable Hit kept) {
    return kept != null && kept.source() == target.place() && kept.row() == row;
  }

  /** The best, {@code k} at most, best first; sources are places in the view. */
  List<Hit> best() {
    return best;
  }

  /** Whether a newer row of the key counts, too far from the query to be among the hits. */
  private boolean isOutdated(Hit hit) {
    return newest(hit.key(), hit.timestamp()) > hit.timestamp();
  }

  /** The time of the newest row of the key that counts, if it is newer than {@code known}. */
  private long newest(Object key, long known) {
    long[] newest = {known};
    for (SearchTarget target : targets) {
      Segment segment = target.rows().segment();
      if (target.live().rows().newest() > newest[0]) {
        segment
            .keys()
            .forEachRow(
                key,
                row -> {
                  if (target.rows().isAlive(row)) {
                    newest[0] = Math.max(newest[0], segment.timestamp(row));
                  }
                });
      }
    }
    return newest[0];
  }

  /**
   * Whether a segment that was asked for its share had more of the best, or gave all that it was
   * asked for and still too few are there.
   *
   * @param i the target's number
   */
  boolean mayHaveMore(int i, SegmentWork work) {
    SearchTarget target = targets.get(i);
    if (target.share().share() == 1 || !work.plan().isOfShare()) {
      return false;
    }
    TopK.Hits some = found[first + i];
    if (best.size() < k) {
      return some.size() >= target.share().hits();
    }
    float worst = best.getLast().score();
    // Hits that lost to newer rows of their keys count, equal ones that lost to others do not.
    int had = 0;
    while (had < some.size() && metric.nearer(some.score(had), worst)) {
      had++;
    }
    for (int hit = best.size() - 1; hit >= 0 && best.get(hit).score() == worst; hit--) {
      had += best.get(hit).source() == target.place() ? 1 : 0;
    }
    return target.share().isExceededBy(had);
  }

  /**
   * The rows of a segment without which it is to be searched again: older ones of keys with a newer
   * row, if such took the places of others that may be among the best. Those are all rows of their
   * keys, however many, not only the ones that were found.
   *
   * @param i the target's number
   * @return the caller's own; empty if there is nothing to be gained
   */
  BitSet crowding(int i) {
    BitSet rows = new BitSet();
    SearchTarget target = targets.get(i);
    TopK.Hits some = found[first + i];
    if (doubled.isEmpty() || !mayHaveBeenCut(target, some)) {
      return rows;
    }
    boolean took = false;
    for (int hit = 0; hit < some.size() && !took; hit++) {
      took = lostKey(target, some.ordinal(hit)) != null;
    }
    if (took) {
      doubled.forEach(key -> addOlder(target, key, rows));
    }
    return rows;
  }

  /** Whether rows behind the last that the segment gave may be among the best. */
  private boolean mayHaveBeenCut(SearchTarget target, TopK.Hits some) {
    return some.size() >= target.share().hits()
        && (best.size() < k || !metric.nearer(best.getLast().score(), some.score(some.size() - 1)));
  }

  private void addOlder(SearchTarget target, Object key, BitSet rows) {
    Hit kept = reducer.hit(key);
    Segment segment = target.rows().segment();
    long newest = kept == null ? newest(key, Long.MIN_VALUE) : kept.timestamp();
    segment
        .keys()
        .forEachRow(
            key,
            row -> {
              long written = segment.timestamp(row);
              // Of rows written at once the nearest counts, if one was near enough to be found.
              boolean isOlder = kept == null ? written < newest : written <= newest;
              if (isOlder && !isKept(target, row, kept)) {
                rows.set(row);
              }
            });
  }
}
