package io.tidemark.engine.compaction;

import io.tidemark.engine.compaction.CompactionGroup.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides what is rewritten together. Pure.
 *
 * <p>Each partition and shard is looked at by itself. A unit with too large a share of dead rows is
 * rewritten, so is one of many files. The others are left alone once they are half as large as a
 * segment. Smaller ones fall into tiers by their size, each tier {@code filesMin} times the one
 * below; a tier with {@code filesMin} units is merged. What comes out belongs at least one tier
 * higher, so that a row is rewritten about log(segment / file) times before its segment is full,
 * and there are at most {@code filesMin - 1} units of each tier between two runs. The lowest tier
 * takes everything below a {@value #TIERS_MAX}th power: those are cheap.
 *
 * <p>A group's live rows make about one segment at most, so that is what a rewrite holds of them.
 * Only a single unit may be larger.
 */
public final class CompactionPolicy {
  private static final int TIERS_MAX = 4;

  /** From here on a unit is large enough to be left alone. */
  private static final double FULL = 0.5;

  /** A little more than a segment is better than a rest of its own. */
  private static final double LIVE_MAX = 1.05;

  /** With their dead rows, a group's units are no larger than this many segments. */
  private static final double READ_MAX = 2;

  private final CompactionLimits limits;

  public CompactionPolicy(CompactionLimits limits) {
    this.limits = limits;
  }

  private record Place(String partition, int shard) {}

  /**
   * @param units oldest first
   * @param nowMs wall clock
   * @param forced whether everything is merged that is not full or has dead rows, however young
   * @return disjoint groups; none that would change nothing
   */
  public List<CompactionGroup> choose(List<CompactionUnit> units, long nowMs, boolean forced) {
    Map<Place, List<CompactionUnit>> places = new LinkedHashMap<>();
    for (CompactionUnit unit : units) {
      if (forced || nowMs - unit.newestMs() >= limits.quietMs()) {
        places
            .computeIfAbsent(new Place(unit.partition(), unit.shard()), p -> new ArrayList<>())
            .add(unit);
      }
    }
    List<CompactionGroup> groups = new ArrayList<>();
    places.values().forEach(place -> groups.addAll(forced ? forced(place) : due(place)));
    return groups;
  }

  private List<CompactionGroup> due(List<CompactionUnit> place) {
    List<CompactionUnit> dead = new ArrayList<>();
    Map<Integer, List<CompactionUnit>> tiers = new TreeMap<>();
    List<CompactionGroup> groups = new ArrayList<>();
    for (CompactionUnit unit : place) {
      if (unit.deadShare() >= limits.deadShare()) {
        dead.add(unit);
      } else if (unit.files() >= limits.filesMin()) {
        groups.add(new CompactionGroup(Reason.FILES, List.of(unit)));
      } else if (unit.fullness(limits) < FULL) {
        tiers.computeIfAbsent(tier(unit), t -> new ArrayList<>()).add(unit);
      }
    }
    packed(dead).forEach(units -> groups.add(new CompactionGroup(Reason.DEAD, units)));
    for (List<CompactionUnit> tier : tiers.values()) {
      if (tier.size() >= limits.filesMin()) {
        packed(tier).stream()
            .filter(units -> units.size() > 1)
            .forEach(units -> groups.add(new CompactionGroup(Reason.SMALL, units)));
      }
    }
    return groups;
  }

  private List<CompactionGroup> forced(List<CompactionUnit> place) {
    List<CompactionUnit> chosen = new ArrayList<>();
    for (CompactionUnit unit : place) {
      if (unit.fullness(limits) < FULL || isWorthItAlone(unit)) {
        chosen.add(unit);
      }
    }
    return packed(chosen).stream()
        .filter(units -> units.size() > 1 || isWorthItAlone(units.getFirst()))
        .map(units -> new CompactionGroup(Reason.FORCED, units))
        .toList();
  }

  private static boolean isWorthItAlone(CompactionUnit unit) {
    return unit.deadShare() > 0 || unit.files() > 1 || unit.partition().isEmpty();
  }

  /** 0 for the largest that are not full. */
  private int tier(CompactionUnit unit) {
    double fullness = Math.max(unit.fullness(limits), Double.MIN_NORMAL);
    int tier = (int) Math.floor(-Math.log(fullness) / Math.log(limits.filesMin()));
    return Math.min(tier, TIERS_MAX);
  }

  /** Runs of units, in their order where it matters little, that make one segment each. */
  private List<List<CompactionUnit>> packed(List<CompactionUnit> units) {
    List<CompactionUnit> oldestFirst =
        units.stream().sorted(Comparator.comparingLong(CompactionUnit::newestMs)).toList();
    List<List<CompactionUnit>> runs = new ArrayList<>();
    double live = 0;
    double read = 0;
    for (CompactionUnit unit : oldestFirst) {
      double fullness = unit.fullness(limits);
      double size = unit.size(limits);
      if (runs.isEmpty() || live + fullness > LIVE_MAX || read + size > READ_MAX) {
        runs.add(new ArrayList<>());
        live = 0;
        read = 0;
      }
      runs.getLast().add(unit);
      live += fullness;
      read += size;
    }
    return runs;
  }
}
