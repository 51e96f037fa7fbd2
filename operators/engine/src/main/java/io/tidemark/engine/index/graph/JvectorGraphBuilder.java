package io.tidemark.engine.index.graph;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Builds by jvector: row by row, each searched for in the graph so far. */
final class JvectorGraphBuilder implements GraphBuilder {
  static final JvectorGraphBuilder INSTANCE = new JvectorGraphBuilder();

  private static final float NEIGHBOUR_OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;
  private static final long PROGRESS_MS = 200;

  private JvectorGraphBuilder() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public FlatGraph build(GraphRequest request, IntConsumer progress) throws InterruptedException {
    int[] rows = request.rows();
    FlatBuildScores scores = new FlatBuildScores(request.vectors(), request.space());
    try (ForkJoinPool pool = new ForkJoinPool(request.threads());
        GraphIndexBuilder builder =
            builder(scores, request.vectors().dimension(), request.parameters(), pool)) {
      add(builder, scores, rows, pool, progress);
      builder.cleanup();
      progress.accept(rows.length);
      return GraphExtract.of(builder.getGraph(), rows, request.vectors().size());
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
    // A future that is done already would not look.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
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
}
