package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.RowTouch;
import io.tidemark.engine.vector.TopK;
import org.jspecify.annotations.Nullable;

/**
 * One search of a graph: greedily down the upper layers, then best first over the bottom with
 * {@code ef} results kept (Malkov and Yashunin, <i>Efficient and robust approximate nearest
 * neighbor search using Hierarchical Navigable Small World graphs</i>, 2016).
 *
 * <p>Under a filter that many rows pass, others are walked over but not kept. Under a narrower one
 * only passing rows are scored, and through a neighbour that does not pass its own neighbours are
 * reached (Patel et al., <i>ACORN</i>, 2024), so that the cost does not grow with the rows left
 * out. Such a walk also starts from passing rows all over the segment, since those near the query
 * may all fail; and a walk over others that meets far fewer passing rows than there should be
 * starts again in this way.
 */
final class GraphSearch {
  /** Rows gathered at most from one node of a narrow search, so that its cost stays flat. */
  private static final int NARROW_BATCH = 32;

  /** Passing rows that a narrow search starts from beside the entry. */
  private static final int SEEDS = 32;

  /**
   * A walk that meets fewer passing rows than this share of what is expected is in the wrong place.
   */
  private static final double WRONG_PLACE_SHARE = 0.25;

  /** So many times as many results are kept for far rows, which are about equally far. */
  private static final int FAR_FACTOR = 2;

  /** Looking whether a row passes costs this part of scoring one. */
  private static final double TEST_COST = 1.0 / 16;

  private final FlatGraph graph;
  private final RowScorer scorer;
  private final @Nullable RowScorer exact;
  private final GraphScratch scratch;
  private final @Nullable GraphFilter filter;
  private final TopK out;
  private long descended;
  private long scored;
  private long tested;

  /**
   * @param scorer that the graph is walked by
   * @param exact scores the hits again, where the other one's scores are not true; null if they are
   * @param filter rows that count; null for all
   */
  GraphSearch(
      FlatGraph graph,
      RowScorer scorer,
      @Nullable RowScorer exact,
      GraphScratch scratch,
      @Nullable GraphFilter filter,
      TopK out) {
    this.graph = graph;
    this.scorer = scorer;
    this.exact = exact;
    this.scratch = scratch;
    this.filter = filter;
    this.out = out;
  }

  /** Offers up to {@code ef} results to the collector. */
  VectorIndex.Work run(int ef) {
    int entry = descend();
    boolean gaveUp = false;
    if (filter == null) {
      start(ef, entry);
      walk();
    } else {
      gaveUp = !runFiltered(ef, entry, filter);
    }
    if (exact != null && !gaveUp) {
      offer(exact);
    } else {
      for (int i = 0; i < scratch.resultCount(); i++) {
        long result = scratch.result(i);
        out.addNearness(GraphScratch.row(result), GraphScratch.nearness(result));
      }
    }
    return new VectorIndex.Work(descended + scored, gaveUp);
  }

  /** Offers the results by their true scores. */
  private void offer(RowScorer byVectors) {
    int count = scratch.resultCount();
    int[] rows = scratch.batch(count);
    for (int i = 0; i < count; i++) {
      rows[i] = GraphScratch.row(scratch.result(i));
    }
    float[] scores = scratch.scores(count);
    byVectors.nearness(rows, count, scores);
    scored += count;
    for (int i = 0; i < count; i++) {
      out.addNearness(rows[i], scores[i]);
    }
  }

  private void start(int ef, int entry) {
    scratch.start(ef);
    scratch.visit(entry);
    long first = GraphScratch.entry(entry, scorer.nearness(entry));
    scratch.pushFrontier(first);
    collect(first);
  }

  private void walk() {
    while (!scratch.frontierIsEmpty()) {
      long nearest = scratch.popFrontier();
      if (nearest < scratch.bar()) {
        break;
      }
      score(gather(GraphScratch.row(nearest)));
    }
  }

  /** False if it gave up. */
  private boolean runFiltered(int ef, int entry, GraphFilter some) {
    int nodes = graph.nodeCount();
    double share = SearchEffort.share(nodes, some.accepted());
    double max = SearchEffort.scoresMax(ef, graph.degree(), nodes, some.accepted());
    start(ef, entry);
    if (share < SearchEffort.NARROW_SHARE) {
      if (passesNear(entry, some, share)) {
        start(ef, entry);
        return walkAmong(ef, some, max);
      }
    } else if (walkOver(ef, some, share)) {
      return true;
    }
    int more = FAR_FACTOR * ef;
    start(more, entry);
    return walkAmong(more, some, scored + FAR_FACTOR * max);
  }

  /** Whether there are about as many passing rows around the entry as there should be. */
  private boolean passesNear(int entry, GraphFilter some, double share) {
    int count = gatherAccepted(entry, some);
    return count >= NARROW_BATCH || count >= WRONG_PLACE_SHARE * share * tested;
  }

  /** Walks over all rows; false if those that pass are elsewhere. */
  private boolean walkOver(int ef, GraphFilter some, double share) {
    long passed = 0;
    long nextLook = 4L * ef;
    while (!scratch.frontierIsEmpty()) {
      long nearest = scratch.popFrontier();
      if (nearest < scratch.bar()) {
        break;
      }
      int count = gather(GraphScratch.row(nearest));
      for (int i = 0; i < count; i++) {
        passed += some.accepts(scratch.batch[i]) ? 1 : 0;
      }
      score(count);
      if (scored >= nextLook) {
        // What is too near for a range does not tell where passing rows are.
        if (passed < WRONG_PLACE_SHARE * share * scored && !out.hasInnerBound()) {
          return false;
        }
        nextLook *= 2;
      }
    }
    return true;
  }

  /** Walks from passing row to passing row; false if it gave up. */
  private boolean walkAmong(int ef, GraphFilter some, double max) {
    int[] seeds = some.spread(SEEDS);
    int[] batch = scratch.batch(seeds.length);
    int count = 0;
    for (int seed : seeds) {
      if (graph.bottom().hasNeighbours(seed) && scratch.visit(seed)) {
        batch[count++] = seed;
      }
    }
    score(count);
    while (!scratch.frontierIsEmpty()) {
      long nearest = scratch.popFrontier();
      if (nearest < scratch.bar()) {
        return true;
      }
      score(gatherAccepted(GraphScratch.row(nearest), some));
      if (scored + tested * TEST_COST > max) {
        return false;
      }
    }
    // It has run dry: passing rows may lie where no passing row leads to.
    return scratch.resultCount() >= Math.min(ef, some.accepted());
  }

  /** The local best of each upper layer, from the top. */
  private int descend() {
    int node = graph.entry();
    float best = scorer.nearness(node);
    FlatGraph.Layer[] layers = graph.upper();
    for (int i = layers.length - 1; i >= 0; i--) {
      FlatGraph.Layer layer = layers[i];
      boolean moved = true;
      while (moved) {
        moved = false;
        int place = layer.find(node);
        if (place < 0) {
          break;
        }
        for (int n = layer.offsets[place]; n < layer.offsets[place + 1]; n++) {
          float nearness = scorer.nearness(layer.neighbours[n]);
          descended++;
          if (nearness > best) {
            best = nearness;
            node = layer.neighbours[n];
            moved = true;
          }
        }
      }
    }
    return node;
  }

  /**
   * Unseen neighbours. Meanwhile those of the node that most likely comes next are on their way.
   */
  private int gather(int row) {
    FlatGraph.Bottom bottom = graph.bottom();
    if (!scratch.frontierIsEmpty()) {
      int next = GraphScratch.row(scratch.frontierTop());
      RowTouch.ints(bottom.neighbours, bottom.offsets[next], bottom.offsets[next + 1]);
    }
    int from = bottom.offsets[row];
    int to = bottom.offsets[row + 1];
    int[] batch = scratch.batch(to - from);
    int count = 0;
    for (int i = from; i < to; i++) {
      int neighbour = bottom.neighbours[i];
      if (scratch.visit(neighbour)) {
        batch[count++] = neighbour;
      }
    }
    return count;
  }

  /** Unseen passing neighbours, and those of neighbours that do not pass. */
  private int gatherAccepted(int row, GraphFilter some) {
    FlatGraph.Bottom bottom = graph.bottom();
    int count = 0;
    for (int i = bottom.offsets[row]; i < bottom.offsets[row + 1] && count < NARROW_BATCH; i++) {
      int neighbour = bottom.neighbours[i];
      if (!scratch.visit(neighbour)) {
        continue;
      }
      if (some.accepts(neighbour)) {
        scratch.batch(count + 1)[count++] = neighbour;
        continue;
      }
      int from = bottom.offsets[neighbour];
      int to = bottom.offsets[neighbour + 1];
      tested += to - from;
      int[] batch = scratch.batch(count + to - from);
      for (int j = from; j < to && count < NARROW_BATCH; j++) {
        int second = bottom.neighbours[j];
        if (some.accepts(second) && scratch.visit(second)) {
          batch[count++] = second;
        }
      }
    }
    return count;
  }

  /** First all the scores, then all the branches on them: so the loads of the vectors overlap. */
  private void score(int count) {
    int[] batch = scratch.batch;
    float[] scores = scratch.scores(count);
    scored += count;
    scorer.nearness(batch, count, scores);
    for (int i = 0; i < count; i++) {
      long entry = GraphScratch.entry(batch[i], scores[i]);
      if (entry > scratch.bar()) {
        scratch.pushFrontier(entry);
        collect(entry);
      }
    }
  }

  private void collect(long entry) {
    if (accepts(GraphScratch.row(entry)) && !out.isTooNear(GraphScratch.nearness(entry))) {
      scratch.pushResult(entry);
    }
  }

  private boolean accepts(int row) {
    return filter == null || filter.accepts(row);
  }
}
