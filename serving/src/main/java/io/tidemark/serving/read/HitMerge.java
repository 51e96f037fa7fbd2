package io.tidemark.serving.read;

import io.tidemark.engine.segment.HitReducer;
import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.Metric;
import java.util.List;

/**
 * Merges what a query found in each segment, and says in which there may be more. A key has one
 * hit, its newest row that counts, whether that is near the query or not. Immutable.
 */
final class HitMerge {
  private final Metric metric;
  private final int k;
  private final List<SearchTarget> targets;

  HitMerge(Metric metric, int k, List<SearchTarget> targets) {
    this.metric = metric;
    this.k = k;
    this.targets = targets;
  }

  /**
   * The best of one query, {@code k} at most, best first; sources are places in the view.
   *
   * @param found by task
   * @param first the query's first task
   */
  List<Hit> best(TopK.Hits[] found, int first) {
    HitReducer reducer = new HitReducer(metric);
    for (int i = 0; i < targets.size(); i++) {
      SearchTarget target = targets.get(i);
      TopK.Hits some = found[first + i];
      for (int hit = 0; hit < some.size(); hit++) {
        int row = some.ordinal(hit);
        Object key = target.live().rows().key(row);
        if (key != null) {
          long written = target.live().rows().segment().timestamp(row);
          reducer.add(key, written, some.score(hit), target.place(), row);
        }
      }
    }
    List<Hit> best = reducer.reduce(0, k);
    while (reducer.removeAll(best.stream().filter(this::isOutdated).toList())) {
      best = reducer.reduce(0, k);
    }
    return best;
  }

  /** Whether a newer row of the key counts, too far from the query to be among the hits. */
  private boolean isOutdated(Hit hit) {
    for (SearchTarget target : targets) {
      Segment segment = target.rows().segment();
      if (target.live().rows().newest() > hit.timestamp()
          && segment
              .keys()
              .hasRow(
                  hit.key(),
                  row -> target.rows().isAlive(row) && segment.timestamp(row) > hit.timestamp())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a segment that was asked for its share had more of the best, or gave all that it was
   * asked for and still too few are there.
   */
  boolean mayHaveMore(SearchTarget target, SegmentWork work, TopK.Hits some, List<Hit> best) {
    if (target.share().share() == 1 || !work.plan().isOfShare()) {
      return false;
    }
    if (best.size() < k) {
      return some.size() >= target.share().hits();
    }
    float worst = best.getLast().score();
    // Hits that lost to newer rows of their keys count, equal ones that lost to others do not.
    int had = 0;
    while (had < some.size() && metric.nearer(some.score(had), worst)) {
      had++;
    }
    for (int i = best.size() - 1; i >= 0 && best.get(i).score() == worst; i--) {
      had += best.get(i).source() == target.place() ? 1 : 0;
    }
    return target.share().isExceededBy(had);
  }
}
