package io.tidemark.engine.index;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A graph built by jvector and held in memory, to be written into an index file as {@link
 * GraphBlob} says. Immutable.
 */
public final class GraphIndexWriter {
  /** Property that names the blob's format, and its value. */
  static final String FORMAT = "format";

  static final String FORMAT_NAME = "tidemark-graph-v" + GraphBlob.VERSION;

  private static final float NEIGHBOUR_OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;
  private static final long PROGRESS_MS = 200;

  private final FlatGraph graph;
  private final int dimension;
  private final GraphParameters parameters;

  private GraphIndexWriter(FlatGraph graph, int dimension, GraphParameters parameters) {
    this.graph = graph;
    this.dimension = dimension;
    this.parameters = parameters;
  }

  /**
   * Builds the graph of the included rows.
   *
   * @param vectors of all rows of the segment
   * @param include the rows worth indexing: no deleted or rejected ones
   * @param threads that build, from 1
   * @param progress hears about five times a second, on the calling thread, how many rows are done;
   *     an exception it throws ends the build and comes out of here
   * @throws InterruptedException if the calling thread is interrupted; the build ends
   */
  public static GraphIndexWriter build(
      FloatVectors vectors,
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
    GraphParameters parameters = GraphParameters.of(definition);
    int[] rows = include.stream().toArray();
    FlatBuildScores scores = new FlatBuildScores(vectors, metric);
    try (ForkJoinPool pool = new ForkJoinPool(threads);
        GraphIndexBuilder builder = builder(scores, vectors.dimension(), parameters, pool)) {
      add(builder, scores, rows, pool, progress);
      builder.cleanup();
      progress.accept(rows.length);
      ImmutableGraphIndex built = builder.getGraph();
      return new GraphIndexWriter(
          GraphExtract.of(built, rows, vectors.size()), vectors.dimension(), parameters);
    } catch (IOException e) {
      throw new IllegalStateException("closing a graph in memory failed", e);
    }
  }

  /**
   * By a constructor that is deprecated for a builder class; that one takes hierarchy and
   * refinement from a management bean of the whole process, so that a build would depend on who
   * else is in it.
   */
  @SuppressWarnings("deprecation")
  private static GraphIndexBuilder builder(
      FlatBuildScores scores, int dimension, GraphParameters parameters, ForkJoinPool pool) {
    boolean hierarchy = true;
    boolean refine = false;
    return new GraphIndexBuilder(
        scores,
        dimension,
        parameters.degrees(),
        parameters.beam(),
        NEIGHBOUR_OVERFLOW,
        ALPHA,
        hierarchy,
        refine,
        pool,
        pool);
  }

  private static void add(
      GraphIndexBuilder builder,
      FlatBuildScores scores,
      int[] rows,
      ForkJoinPool pool,
      IntConsumer progress)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Runnable adder =
        () -> {
          for (int i = next.getAndIncrement(); i < rows.length; i = next.getAndIncrement()) {
            builder.addGraphNode(rows[i], scores.searchProviderFor(rows[i]));
          }
        };
    try {
      List<Future<?>> adders = new ArrayList<>();
      for (int i = 0; i < pool.getParallelism(); i++) {
        adders.add(pool.submit(adder));
      }
      for (Future<?> running : adders) {
        await(running, next, rows.length, progress);
      }
    } finally {
      // Whatever ended the wait: nobody adds any more once the builder is closed.
      next.set(rows.length);
      pool.awaitQuiescence(1, TimeUnit.MINUTES);
    }
  }

  private static void await(Future<?> running, AtomicInteger next, int total, IntConsumer progress)
      throws InterruptedException {
    while (true) {
      try {
        running.get(PROGRESS_MS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException notYet) {
        progress.accept(Math.min(total, next.get()));
      } catch (ExecutionException e) {
        throw new IllegalStateException("building the graph failed", e.getCause());
      }
    }
  }

  /**
   * Writes the blob, creating the file if it is not there.
   *
   * @return its bytes
   */
  public long writeTo(Path file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      return GraphBlob.write(channel, offset, graph, dimension);
    }
  }

  /** What {@link GraphIndexReader#open} wants back, and what helps people who look at the file. */
  public Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(FORMAT, FORMAT_NAME);
    properties.put("rows", Integer.toString(graph.bottom().rows()));
    properties.put("nodes", Integer.toString(graph.nodeCount()));
    properties.put("dimension", Integer.toString(dimension));
    properties.put("bottom-degree", Integer.toString(parameters.bottomDegree()));
    properties.put("upper-degree", Integer.toString(parameters.upperDegree()));
    properties.put("beam", Integer.toString(parameters.beam()));
    properties.put("builder", "jvector");
    return properties;
  }

  /** Rows in the graph. */
  public int size() {
    return graph.nodeCount();
  }
}
