package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.SparseVectors;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A graph in memory, to be written into an index file as {@link GraphBlob} says. Immutable. */
public final class GraphIndexWriter implements BuiltIndex {
  static final String FORMAT_NAME = "tidemark-graph-v" + GraphBlob.VERSION;

  private static final Logger LOG = LoggerFactory.getLogger(GraphIndexWriter.class);

  private final FlatGraph graph;
  private final int dimension;
  private final GraphParameters parameters;
  private final String builder;

  private GraphIndexWriter(
      FlatGraph graph, int dimension, GraphParameters parameters, String builder) {
    this.graph = graph;
    this.dimension = dimension;
    this.parameters = parameters;
    this.builder = builder;
  }

  /** As the other one, on the CPU. */
  public static GraphIndexWriter build(
      Vectors vectors,
      BitSet include,
      Metric metric,
      IndexDefinition definition,
      int threads,
      IntConsumer progress)
      throws InterruptedException {
    return build(GraphBuilders.cpu(), vectors, include, metric, definition, threads, progress);
  }

  /**
   * Builds the graph of the included rows. If the given builder cannot, whether before it starts or
   * in the middle, the CPU builds it instead, from the beginning; the log says why, {@link
   * #builder()} who it was in the end.
   *
   * @param vectors of all rows of the segment
   * @param include the rows worth indexing: no deleted or rejected ones; those without a vector are
   *     left out
   * @param threads of this machine that build, from 1
   * @param progress hears about five times a second, on the calling thread, how many rows are done;
   *     an exception it throws ends the build and comes out of here
   * @throws InterruptedException if the calling thread is interrupted; the build ends
   */
  public static GraphIndexWriter build(
      GraphBuilder builder,
      Vectors vectors,
      BitSet include,
      Metric metric,
      IndexDefinition definition,
      int threads,
      IntConsumer progress)
      throws InterruptedException {
    if (include.length() > vectors.size()) {
      throw new IllegalArgumentException(
          "row " + (include.length() - 1) + " is to be indexed, there are " + vectors.size());
    }
    return build(
        builder,
        vectors,
        include,
        BuildSpace.of(metric, vectors.dimension()),
        GraphParameters.of(definition),
        threads,
        progress);
  }

  /** As the others, with parameters of any family's. */
  static GraphIndexWriter build(
      GraphBuilder builder,
      Vectors vectors,
      BitSet include,
      BuildSpace space,
      GraphParameters parameters,
      int threads,
      IntConsumer progress)
      throws InterruptedException {
    GraphRequest request =
        new GraphRequest(
            widened(vectors),
            Objects.requireNonNull(vectors.among(include)).stream().toArray(),
            space,
            parameters,
            threads);
    try {
      FlatGraph graph = builder.build(request, progress);
      return new GraphIndexWriter(graph, vectors.dimension(), parameters, builder.name());
    } catch (GraphBuildException e) {
      LOG.warn(
          "graph is built by the CPU instead builder={} rows={} dimension={} reason={}",
          builder.name(),
          request.rows().length,
          vectors.dimension(),
          e.getMessage());
      JvectorGraphBuilder cpu = JvectorGraphBuilder.INSTANCE;
      FlatGraph graph = cpu.build(request, progress);
      return new GraphIndexWriter(graph, vectors.dimension(), parameters, cpu.name());
    }
  }

  private static FloatVectors widened(Vectors vectors) {
    return switch (vectors) {
      case DenseVectors dense -> dense.widened();
      case BinaryVectors bits ->
          throw new IllegalArgumentException("graphs take no " + bits.type());
      case SparseVectors sparse ->
          throw new IllegalArgumentException("graphs take no " + sparse.type());
    };
  }

  FlatGraph graph() {
    return graph;
  }

  int dimension() {
    return dimension;
  }

  @Override
  public String format() {
    return FORMAT_NAME;
  }

  @Override
  public long writeTo(FileChannel channel, long offset) throws IOException {
    return GraphBlob.write(channel, offset, graph, dimension);
  }

  @Override
  public Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(FORMAT, FORMAT_NAME);
    properties.put("rows", Integer.toString(graph.bottom().rows()));
    properties.put("nodes", Integer.toString(graph.nodeCount()));
    properties.put("dimension", Integer.toString(dimension));
    properties.put("bottom-degree", Integer.toString(parameters.bottomDegree()));
    properties.put("upper-degree", Integer.toString(parameters.upperDegree()));
    properties.put("beam", Integer.toString(parameters.beam()));
    properties.put("builder", builder);
    return properties;
  }

  @Override
  public String builder() {
    return builder;
  }

  @Override
  public int size() {
    return graph.nodeCount();
  }
}
