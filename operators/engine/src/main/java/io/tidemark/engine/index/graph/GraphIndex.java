package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A graph over vectors that lie on the heap. */
final class GraphIndex implements VectorIndex {
  private final AtomicReference<@Nullable FlatGraph> graph;
  private final Vectors vectors;
  private final Metric metric;
  private final ConcurrentLinkedQueue<GraphScratch> idle = new ConcurrentLinkedQueue<>();

  GraphIndex(FlatGraph graph, Vectors vectors, Metric metric) {
    this.graph = new AtomicReference<>(graph);
    this.vectors = vectors;
    this.metric = metric;
  }

  @Override
  public Work search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
    return search(query, k, GraphParameters.EF.in(parameters.given()), accept, out);
  }

  /** As {@link #search(QueryVector, int, SearchParameters, BitSet, TopK)}. */
  Work search(QueryVector query, int k, int ef, @Nullable BitSet accept, TopK out) {
    FlatGraph open = open();
    if (out.metric() != metric) {
      throw new IllegalArgumentException(
          "collector for " + out.metric() + ", the index is for " + metric);
    }
    if (open.nodeCount() == 0 || k < 1) {
      return Work.NONE;
    }
    int rows = open.bottom().rows();
    GraphFilter filter = accept == null ? null : new GraphFilter(accept, rows);
    GraphScratch scratch = idle.poll();
    if (scratch == null) {
      scratch = new GraphScratch(rows);
    }
    Work work =
        new GraphSearch(open, vectors.scorer(metric, query), scratch, filter, out)
            .run(SearchEffort.candidates(k, ef));
    idle.offer(scratch);
    return work;
  }

  private FlatGraph open() {
    FlatGraph open = graph.get();
    if (open == null) {
      throw new IllegalStateException("the index is closed");
    }
    return open;
  }

  Metric metric() {
    return metric;
  }

  @Override
  public IndexType type() {
    return IndexType.HNSW;
  }

  @Override
  public int size() {
    return open().nodeCount();
  }

  @Override
  public double expectedCost(int k, SearchParameters parameters, int accepted) {
    FlatGraph open = open();
    return SearchEffort.expectedCost(
        SearchEffort.candidates(k, GraphParameters.EF.in(parameters.given())),
        open.degree(),
        open.nodeCount(),
        accepted);
  }

  @Override
  public long bytes() {
    return open().bytes();
  }

  @Override
  public void close() {
    graph.set(null);
    idle.clear();
  }
}
