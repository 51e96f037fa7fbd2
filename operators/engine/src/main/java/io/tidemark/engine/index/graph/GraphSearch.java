package io.tidemark.engine.index.graph;

import io.tidemark.engine.vector.RowScorer;
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
 * out.
 */
final class GraphSearch {
  /** Rows gathered at most from one node of a narrow search, so that its cost stays flat. */
  private static final int NARROW_BATCH = 32;

  private final FlatGraph graph;
  private final RowScorer scorer;
  private final GraphScratch scratch;
  private final long @Nullable [] accept;
  private final TopK out;
  private int scored;

  /**
   * @param accept a bit per row that counts, at least as long as the rows; null for all
   */
  GraphSearch(
      FlatGraph graph, RowScorer scorer, GraphScratch scratch, long @Nullable [] accept, TopK out) {
    this.graph = graph;
    this.scorer = scorer;
    this.scratch = scratch;
    this.accept = accept;
    this.out = out;
  }

  /** Offers the results to the collector and returns how many rows were scored. */
  int run(int ef, boolean narrow) {
    scratch.start(ef);
    int entry = descend();
    scratch.visit(entry);
    long first = GraphScratch.entry(entry, scorer.nearness(entry));
    scratch.pushFrontier(first);
    collect(first);
    while (!scratch.frontierIsEmpty()) {
      long nearest = scratch.popFrontier();
      if (nearest < scratch.bar()) {
        break;
      }
      int row = GraphScratch.row(nearest);
      int count = narrow ? gatherAccepted(row) : gather(row);
      score(count);
    }
    for (int i = 0; i < scratch.resultCount(); i++) {
      long result = scratch.result(i);
      out.addNearness(GraphScratch.row(result), GraphScratch.nearness(result));
    }
    return scored;
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
          scored++;
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

  /** Unseen neighbours. */
  private int gather(int row) {
    FlatGraph.Bottom bottom = graph.bottom();
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
  private int gatherAccepted(int row) {
    FlatGraph.Bottom bottom = graph.bottom();
    int count = 0;
    for (int i = bottom.offsets[row]; i < bottom.offsets[row + 1] && count < NARROW_BATCH; i++) {
      int neighbour = bottom.neighbours[i];
      if (!scratch.visit(neighbour)) {
        continue;
      }
      if (accepts(neighbour)) {
        scratch.batch(count + 1)[count++] = neighbour;
        continue;
      }
      int from = bottom.offsets[neighbour];
      int to = bottom.offsets[neighbour + 1];
      int[] batch = scratch.batch(count + to - from);
      for (int j = from; j < to && count < NARROW_BATCH; j++) {
        int second = bottom.neighbours[j];
        if (accepts(second) && scratch.visit(second)) {
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
    return accept == null || (accept[row >>> 6] >>> row & 1) != 0;
  }
}
