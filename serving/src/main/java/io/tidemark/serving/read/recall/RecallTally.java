package io.tidemark.serving.read.recall;

import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.model.index.Metric;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Adds up what queries found of what there was. A served hit counts if exact search has it too, or
 * if it is as near as the last one that exact search has: of rows that are equally near any will
 * do. Not thread-safe.
 */
public final class RecallTally {
  /** Scores of one row by two kernels may differ by rounding. */
  private static final float TOLERANCE = 1e-5f;

  private final Map<String, Count> kinds = new TreeMap<>();

  private static final class Count {
    private long queries;
    private long wanted;
    private long found;
  }

  /**
   * One query's answers.
   *
   * @param exact the true ones, best first
   * @param kindOf a segment, by the number that is a hit's source
   */
  public void add(List<Hit> served, List<Hit> exact, Metric metric, IntFunction<String> kindOf) {
    if (exact.isEmpty()) {
      return;
    }
    Set<Object> truth = keys(exact);
    Set<Object> had = keys(served);
    float last = exact.getLast().score();
    long asNear =
        served.stream()
            .filter(hit -> !truth.contains(hit.key()))
            .filter(hit -> isTie(hit.score(), last) || metric.nearer(hit.score(), last))
            .count();
    Set<String> seen = new HashSet<>();
    for (Hit hit : exact) {
      boolean found = had.contains(hit.key());
      if (!found && asNear > 0 && isTie(hit.score(), last)) {
        found = true;
        asNear--;
      }
      for (String kind : List.of(kindOf.apply(hit.source()), RecallFigure.TOTAL)) {
        Count count = kinds.computeIfAbsent(kind, name -> new Count());
        count.queries += seen.add(kind) ? 1 : 0;
        count.wanted++;
        count.found += found ? 1 : 0;
      }
    }
  }

  private static boolean isTie(float score, float last) {
    return Math.abs(score - last) <= TOLERANCE * Math.abs(last);
  }

  private static Set<Object> keys(List<Hit> hits) {
    Set<Object> keys = new HashSet<>();
    hits.forEach(hit -> keys.add(hit.key()));
    return keys;
  }

  /** Adds figures that were counted elsewhere. */
  public void add(List<RecallFigure> figures) {
    for (RecallFigure figure : figures) {
      Count count = kinds.computeIfAbsent(figure.kind(), name -> new Count());
      count.queries += figure.queries();
      count.wanted += figure.wanted();
      count.found += figure.found();
    }
  }

  /** By the name of the kind, the total last. */
  public List<RecallFigure> figures() {
    return kinds.entrySet().stream()
        .sorted((a, b) -> {
          boolean last = a.getKey().equals(RecallFigure.TOTAL);
          return last == b.getKey().equals(RecallFigure.TOTAL)
              ? a.getKey().compareTo(b.getKey())
              : last ? 1 : -1;
        })
        .map(each ->
            new RecallFigure(
                each.getKey(),
                each.getValue().queries,
                each.getValue().wanted,
                each.getValue().found))
        .toList();
  }
}
