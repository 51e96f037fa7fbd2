package io.tidemark.tests.benchmark.peers;

import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.FusedPQ;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * jvector's file: beside each node's edges the product codes of its neighbours, by which graphs are
 * walked, and its vector, by which hits are scored again.
 */
final class FusedJvectorPeer implements Peer {
  private static final int CLUSTERS = 256;

  /** Up to this dimension a code stands for four numbers, above for eight. */
  private static final int LOW_DIMENSION = 256;

  private final JvectorPeer basis;
  private final Path file;
  private final ReaderSupplier readers;
  private final OnDiskGraphIndex graph;
  private final GraphSearcher searcher;
  private final ImmutableGraphIndex.ScoringView view;

  private FusedJvectorPeer(JvectorPeer basis, Path file) throws IOException {
    this.basis = basis;
    this.file = file;
    this.readers = ReaderSupplierFactory.open(file);
    this.graph = OnDiskGraphIndex.load(readers);
    this.searcher = new GraphSearcher(graph);
    this.view = (ImmutableGraphIndex.ScoringView) searcher.getView();
  }

  /** Writes the graph of another peer. */
  static FusedJvectorPeer build(JvectorPeer basis, Path folder) throws Exception {
    int dimension = basis.vectors().dimension();
    ProductQuantization product =
        ProductQuantization.compute(
            basis.vectors(),
            Math.max(1, dimension / (dimension <= LOW_DIMENSION ? 4 : 8)),
            CLUSTERS,
            basis.similarity() == VectorSimilarityFunction.EUCLIDEAN);
    PQVectors codes = (PQVectors) product.encodeAll(basis.vectors());
    Path file = folder.resolve("graph");
    try (ImmutableGraphIndex.View view = basis.graph().getView();
        OnDiskGraphIndexWriter writer =
            new OnDiskGraphIndexWriter.Builder(basis.graph(), file)
                .with(new InlineVectors(dimension))
                .with(new FusedPQ(basis.graph().maxDegree(), product))
                .build()) {
      Map<FeatureId, IntFunction<Feature.State>> states = new EnumMap<>(FeatureId.class);
      states.put(
          FeatureId.INLINE_VECTORS,
          node -> new InlineVectors.State(basis.vectors().getVector(node)));
      states.put(FeatureId.FUSED_PQ, node -> new FusedPQ.State(view, codes, node));
      writer.write(states);
    }
    return new FusedJvectorPeer(basis, file);
  }

  @Override
  public int[] search(float[] query, int effort, int percent) {
    VectorFloat<?> vector = JvectorPeer.VECTORS.createFloatVector(query);
    DefaultSearchScoreProvider scores =
        new DefaultSearchScoreProvider(
            view.approximateScoreFunctionFor(vector, basis.similarity()),
            view.rerankerFor(vector, basis.similarity()));
    return JvectorPeer.nearest(searcher, scores, effort, basis.passing(percent));
  }

  @Override
  public long bytes() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    searcher.close();
    graph.close();
    readers.close();
  }
}
