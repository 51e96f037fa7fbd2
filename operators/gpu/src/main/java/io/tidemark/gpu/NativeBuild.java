package io.tidemark.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.tidemark.engine.index.graph.FlatGraph;
import io.tidemark.engine.index.graph.GraphBuildException;
import io.tidemark.engine.index.graph.GraphRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/** One build by a native library. */
final class NativeBuild {
  private static final float ALPHA = 1.2f;
  private static final long SEED = 1;
  private static final long PROGRESS_MS = 200;
  private static final VarHandle CANCEL =
      NativeLibrary.CONTROL.varHandle(MemoryLayout.PathElement.groupElement("cancel"));
  private static final VarHandle DONE =
      NativeLibrary.CONTROL.varHandle(MemoryLayout.PathElement.groupElement("done"));

  /**
   * What a build may take.
   *
   * @param device ordinal; of no meaning to the CPU twin
   * @param hostBytes beside the vectors; 0 for no limit
   * @param deviceBytes 0 for what is free
   */
  record Limits(int device, long hostBytes, long deviceBytes) {
    static Limits none(int device) {
      return new Limits(device, 0, 0);
    }
  }

  private final NativeLibrary library;
  private final GraphRequest request;
  private final Limits limits;

  NativeBuild(NativeLibrary library, GraphRequest request, Limits limits) {
    this.library = library;
    this.request = request;
    this.limits = limits;
  }

  /** As {@link io.tidemark.engine.index.graph.GraphBuilder#build} promises. */
  FlatGraph run(IntConsumer progress) throws GraphBuildException, InterruptedException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment control = arena.allocate(NativeLibrary.CONTROL);
      FutureTask<FlatGraph> building = new FutureTask<>(() -> build(arena, control));
      Thread thread = Thread.ofPlatform().name("graph-" + library.kind()).start(building);
      try {
        FlatGraph graph = await(building, control, progress);
        progress.accept(request.rows().length);
        return graph;
      } finally {
        // However the wait ended: the native code must have, before its memory goes.
        CANCEL.setVolatile(control, 0L, 1);
        join(thread);
      }
    }
  }

  private FlatGraph await(
      FutureTask<FlatGraph> building, MemorySegment control, IntConsumer progress)
      throws GraphBuildException, InterruptedException {
    // A future that is done already would not look.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    while (true) {
      try {
        return building.get(PROGRESS_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        progress.accept((int) (long) DONE.getVolatile(control, 0L));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof GraphBuildException failure) {
          throw new GraphBuildException(String.valueOf(failure.getMessage()), failure);
        }
        if (e.getCause() instanceof OutOfMemoryError failure) {
          throw new GraphBuildException("no memory for a native build: " + failure.getMessage(), e);
        }
        throw new IllegalStateException("a native build failed", e.getCause());
      }
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private FlatGraph build(Arena arena, MemorySegment control) throws GraphBuildException {
    int[] rows = request.rows();
    int dimension = request.vectors().dimension();
    MemorySegment params = params(arena);
    checkMemory(arena, params);
    MemorySegment vectors =
        arena.allocate(Math.max(1L, (long) rows.length * dimension) * Float.BYTES, Float.BYTES);
    float[] data = request.vectors().data();
    for (int i = 0; i < rows.length; i++) {
      MemorySegment.copy(
          data, rows[i] * dimension, vectors, JAVA_FLOAT, (long) i * dimension * 4, dimension);
    }
    MemorySegment graph = arena.allocate(ADDRESS);
    NativeLibrary.Answer answer = library.build(params, vectors, control, graph);
    if (answer.code() != NativeCode.OK) {
      throw failure(answer);
    }
    MemorySegment built = graph.get(ADDRESS, 0);
    try {
      return take(built, rows);
    } catch (IllegalArgumentException e) {
      throw new GraphBuildException(library.kind() + " gave a broken graph: " + e.getMessage(), e);
    } finally {
      library.free(built);
    }
  }

  /** Refused here too, before the vectors are copied. */
  private void checkMemory(Arena arena, MemorySegment params) throws GraphBuildException {
    MemorySegment bytes = arena.allocate(JAVA_LONG, 2);
    NativeLibrary.Answer answer = library.estimate(params, bytes);
    if (answer.code() != NativeCode.OK) {
      throw failure(answer);
    }
    long needed = bytes.get(JAVA_LONG, 0);
    if (limits.hostBytes() > 0 && needed > limits.hostBytes()) {
      throw failure(
          new NativeLibrary.Answer(
              NativeCode.OUT_OF_MEMORY,
              "the build needs "
                  + needed
                  + " bytes of the host, allowed are "
                  + limits.hostBytes()));
    }
  }

  private GraphBuildException failure(NativeLibrary.Answer answer) {
    return new GraphBuildException(library.kind() + ": " + answer.code() + ": " + answer.message());
  }

  private MemorySegment params(Arena arena) {
    MemorySegment params = arena.allocate(NativeLibrary.PARAMS);
    int space =
        switch (request.space()) {
          case EUCLIDEAN -> 0;
          case ANGULAR -> 1;
          case LIFTED -> 2;
        };
    set(params, JAVA_INT, "version", NativeLibrary.VERSION);
    set(params, JAVA_INT, "space", space);
    set(params, JAVA_LONG, "count", (long) request.rows().length);
    set(params, JAVA_INT, "dimension", request.vectors().dimension());
    set(params, JAVA_INT, "bottom_degree", request.parameters().bottomDegree());
    set(params, JAVA_INT, "upper_degree", request.parameters().upperDegree());
    set(params, JAVA_INT, "threads", request.threads());
    set(params, JAVA_FLOAT, "alpha", ALPHA);
    set(params, JAVA_INT, "device", limits.device());
    set(params, JAVA_LONG, "host_bytes_max", limits.hostBytes());
    set(params, JAVA_LONG, "device_bytes_max", limits.deviceBytes());
    set(params, JAVA_LONG, "seed", SEED);
    return params;
  }

  private static void set(MemorySegment params, ValueLayout layout, String field, Object value) {
    long offset = NativeLibrary.PARAMS.byteOffset(MemoryLayout.PathElement.groupElement(field));
    switch (layout) {
      case ValueLayout.OfInt number -> params.set(number, offset, (int) value);
      case ValueLayout.OfLong number -> params.set(number, offset, (long) value);
      case ValueLayout.OfFloat number -> params.set(number, offset, (float) value);
      default -> throw new IllegalArgumentException("no parameter is a " + layout);
    }
  }

  /** The graph with the segment's rows in the place of the library's, which it copies. */
  private FlatGraph take(MemorySegment graph, int[] rows) {
    List<FlatGraph.Layer> layers = new ArrayList<>();
    for (int level = 0; level < library.layers(graph); level++) {
      int[][] layer = library.layer(graph, level);
      layers.add(new FlatGraph.Layer(rowsOf(layer[0], rows), layer[1], rowsOf(layer[2], rows)));
    }
    int entry = library.entry(graph);
    return FlatGraph.of(request.vectors().size(), entry < 0 ? entry : rows[entry], layers);
  }

  private static int[] rowsOf(int[] places, int[] rows) {
    for (int i = 0; i < places.length; i++) {
      if (places[i] < 0 || places[i] >= rows.length) {
        throw new IllegalArgumentException("node " + places[i] + " of " + rows.length);
      }
      places[i] = rows[places[i]];
    }
    return places;
  }
}
