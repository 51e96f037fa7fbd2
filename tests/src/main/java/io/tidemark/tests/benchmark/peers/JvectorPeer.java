package io.tidemark.tests.benchmark.peers;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import io.tidemark.model.index.Metric;
import io.tidemark.tests.benchmark.Dataset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/** jvector as its introduction has it: a graph and the vectors on the heap, exact scores. */
final class JvectorPeer implements Peer {
  static final VectorTypeSupport VECTORS =
      VectorizationProvider.getInstance().getVectorTypeSupport();

  /** As many edges as HNSW's M of 16: 32 a node in the lowest layer. */
  private static final List<Integer> DEGREES = List.of(32, 16);

  private static final int BEAM = 100;
  private static final float OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;

  private final Dataset dataset;
  private final RandomAccessVectorValues vectors;
  private final VectorSimilarityFunction similarity;
  private final ImmutableGraphIndex graph;
  private final GraphSearcher searcher;

  private JvectorPeer(
      PeerData data,
      RandomAccessVectorValues vectors,
      VectorSimilarityFunction similarity,
      ImmutableGraphIndex graph) {
    this.dataset = data.dataset();
    this.vectors = vectors;
    this.similarity = similarity;
    this.graph = graph;
    this.searcher = new GraphSearcher(graph);
  }

  static JvectorPeer build(PeerData data) throws IOException {
    List<VectorFloat<?>> rows = new ArrayList<>(data.rows());
    for (float[] row : data.base()) {
      rows.add(VECTORS.createFloatVector(row));
    }
    RandomAccessVectorValues vectors = new ListRandomAccessVectorValues(rows, data.dimension());
    VectorSimilarityFunction similarity =
        data.metric() == Metric.L2
            ? VectorSimilarityFunction.EUCLIDEAN
            : VectorSimilarityFunction.DOT_PRODUCT;
    try (ForkJoinPool pool = new ForkJoinPool(Runtime.getRuntime().availableProcessors());
        GraphIndexBuilder builder =
            GraphIndexBuilder.builder(
                    BuildScoreProvider.randomAccessScoreProvider(vectors, similarity),
                    data.dimension(),
                    DEGREES)
                .withBeamWidth(BEAM)
                .withNeighborOverflow(OVERFLOW)
                .withAlpha(ALPHA)
                .withSimdExecutor(pool)
                .withParallelExecutor(pool)
                .build()) {
      return new JvectorPeer(data, vectors, similarity, builder.build(vectors));
    }
  }

  RandomAccessVectorValues vectors() {
    return vectors;
  }

  VectorSimilarityFunction similarity() {
    return similarity;
  }

  ImmutableGraphIndex graph() {
    return graph;
  }

  Bits passing(int percent) {
    return percent == 100 ? Bits.ALL : row -> dataset.attribute(row) < percent;
  }

  @Override
  public int[] search(float[] query, int effort, int percent) {
    return nearest(
        searcher,
        DefaultSearchScoreProvider.exact(VECTORS.createFloatVector(query), similarity, vectors),
        effort,
        passing(percent));
  }

  static int[] nearest(
      GraphSearcher searcher, SearchScoreProvider scores, int effort, Bits passing) {
    SearchResult found = searcher.search(scores, K, effort, 0f, 0f, passing);
    return Arrays.stream(found.getNodes()).mapToInt(hit -> hit.node).toArray();
  }

  @Override
  public long bytes() {
    return graph.ramBytesUsed() + (long) Float.BYTES * vectors.size() * vectors.dimension();
  }

  @Override
  public void close() throws IOException {
    searcher.close();
    graph.close();
  }
}
