package io.tidemark.serving.read;

import io.tidemark.engine.segment.SearchPlan;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What searches did since the start. Thread-safe. */
final class SearchCounters {
  private final LongAdder searches = new LongAdder();
  private final LongAdder scored = new LongAdder();
  private final LongAdder filteredOut = new LongAdder();
  private final Map<SearchPlan, LongAdder> plans = new EnumMap<>(SearchPlan.class);

  SearchCounters() {
    for (SearchPlan plan : SearchPlan.values()) {
      plans.put(plan, new LongAdder());
    }
  }

  void searched() {
    searches.increment();
  }

  /** One search over some segments is done. */
  void add(Map<SearchPlan, Integer> byPlan, long scoredRows, long filteredOutRows) {
    byPlan.forEach((plan, count) -> Objects.requireNonNull(plans.get(plan)).add(count));
    scored.add(scoredRows);
    filteredOut.add(filteredOutRows);
  }

  long searches() {
    return searches.sum();
  }

  long scored() {
    return scored.sum();
  }

  long filteredOut() {
    return filteredOut.sum();
  }

  /** By plan; plans that search nothing are left out. */
  Map<SearchPlan, Long> plans() {
    Map<SearchPlan, Long> sums = new EnumMap<>(SearchPlan.class);
    plans.forEach((plan, count) -> {
      if (plan != SearchPlan.NONE) {
        sums.put(plan, count.sum());
      }
    });
    return sums;
  }
}
