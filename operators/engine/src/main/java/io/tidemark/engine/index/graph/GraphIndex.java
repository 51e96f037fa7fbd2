package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A graph over vectors that lie on the heap, and codes to walk it by or none. Hits found by codes
 * are scored again by the vectors; codes cannot tell on which side of an inner bound a row lies, so
 * such a search walks by the vectors.
 */
final class GraphIndex implements VectorIndex {
  private final AtomicReference<@Nullable FlatGraph> graph;
  private final @Nullable VectorCodes codes;
  private final Vectors vectors;
  private final Metric metric;
  private final IndexType type;
  private final GraphEffort effort;
  private final ConcurrentLinkedQueue<GraphScratch> idle = new ConcurrentLinkedQueue<>();

  /** Without codes. */
  GraphIndex(FlatGraph graph, Vectors vectors, Metric metric) {
    this(graph, null, vectors, metric, IndexType.HNSW, GraphEffort.OF_HNSW);
  }

  GraphIndex(
      FlatGraph graph,
      @Nullable VectorCodes codes,
      Vectors vectors,
      Metric metric,
      IndexType type,
      GraphEffort effort) {
    this.graph = new AtomicReference<>(graph);
    this.codes = codes;
    this.vectors = vectors;
    this.metric = metric;
    this.type = type;
    this.effort = effort;
  }

  @Override
  public Work search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
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
    RowScorer exact = vectors.scorer(metric, query);
    GraphSearch search =
        codes == null || out.hasInnerBound()
            ? new GraphSearch(open, exact, null, scratch, filter, out)
            : new GraphSearch(
                open,
                codes.scorer(metric, DenseQuery.of(query).values()),
                exact,
                scratch,
                filter,
                out);
    Work work = search.run(candidates(open, k, parameters));
    idle.offer(scratch);
    return work;
  }

  /** More than there are rows would only take memory. */
  private int candidates(FlatGraph open, int k, SearchParameters parameters) {
    return Math.clamp(effort.candidates(parameters, k), 1, Math.max(1, open.nodeCount()));
  }

  private FlatGraph open() {
    FlatGraph open = graph.get();
    if (open == null) {
      throw new IllegalStateException("the index is closed");
    }
    return open;
  }

  @Override
  public boolean usesShare() {
    return true;
  }

  Metric metric() {
    return metric;
  }

  @Override
  public IndexType type() {
    return type;
  }

  @Override
  public int size() {
    return open().nodeCount();
  }

  @Override
  public double expectedCost(int k, SearchParameters parameters, int accepted) {
    FlatGraph open = open();
    return SearchEffort.expectedCost(
        candidates(open, k, parameters), open.degree(), open.nodeCount(), accepted);
  }

  @Override
  public long bytes() {
    return open().bytes() + (codes == null ? 0 : codes.bytes());
  }

  @Override
  public void close() {
    graph.set(null);
    idle.clear();
  }
}
