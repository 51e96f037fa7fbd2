package io.tidemark.engine.index;

import io.tidemark.engine.index.graph.BuildSpace;
import io.tidemark.engine.index.graph.FlatGraph;
import io.tidemark.engine.index.graph.GraphBuildException;
import io.tidemark.engine.index.graph.GraphBuilder;
import io.tidemark.engine.index.graph.GraphBuilders;
import io.tidemark.engine.index.graph.GraphParameters;
import io.tidemark.engine.index.graph.GraphRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Builds a graph once for all families that ask for the same: several of them differ only in what
 * they walk it by, and building it is what tests of them would spend their time on.
 */
public final class SharedGraphs implements GraphBuilder {
  public static final SharedGraphs INSTANCE = new SharedGraphs();

  private record Key(
      int data,
      int length,
      int dimension,
      int rows,
      int size,
      BuildSpace space,
      GraphParameters parameters) {}

  private final Map<Key, FlatGraph> built = new ConcurrentHashMap<>();

  private SharedGraphs() {}

  @Override
  public String name() {
    return GraphBuilders.cpu().name();
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public FlatGraph build(GraphRequest request, IntConsumer progress)
      throws GraphBuildException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    float[] data = request.vectors().data();
    Key key =
        new Key(
            Arrays.hashCode(data),
            data.length,
            request.vectors().dimension(),
            Arrays.hashCode(request.rows()),
            request.rows().length,
            request.space(),
            request.parameters());
    FlatGraph graph = built.get(key);
    if (graph == null) {
      graph = GraphBuilders.cpu().build(request, progress);
      built.put(key, graph);
    }
    return graph;
  }
}
