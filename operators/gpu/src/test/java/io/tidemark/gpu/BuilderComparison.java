package io.tidemark.gpu;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.graph.GraphBuilder;
import io.tidemark.engine.index.graph.GraphBuilders;
import io.tidemark.engine.index.graph.GraphIndexReader;
import io.tidemark.engine.index.graph.GraphIndexWriter;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;

/**
 * Not a test: times builders over the same real vectors and compares the recall of their graphs.
 * {@code BuilderComparison BASE.bvecs QUERY.bvecs ROWS THREADS BUILDER...} prints seconds,
 * CPU-seconds, bytes and recall@10 by candidates kept; the first build of each name warms up and is
 * not shown.
 */
final class BuilderComparison {
  private static final int DIMENSION = 128;
  private static final int WARM_ROWS = 5000;

  private BuilderComparison() {}

  public static void main(String[] arguments) throws Exception {
    int rows = Integer.parseInt(arguments[2]);
    int threads = Integer.parseInt(arguments[3]);
    FloatVectors base = read(Path.of(arguments[0]), rows);
    FloatVectors queries = read(Path.of(arguments[1]), 500);
    float[] bars = new float[queries.size()];
    for (int q = 0; q < bars.length; q++) {
      TopK exact = new TopK(10, Metric.L2);
      ExactSearch.search(base, queries.query(q), null, exact);
      bars[q] = exact.drain().score(9);
    }
    for (int i = 4; i < arguments.length; i++) {
      GraphBuilder builder = GraphBuilders.find(arguments[i]).orElseThrow();
      build(builder, read(Path.of(arguments[0]), WARM_ROWS), threads);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      GraphIndexWriter writer = build(builder, base, threads);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%s (asked for %s): %d rows, %d threads: %.2f s, %.2f CPU-s%n",
          writer.builder(), builder.name(), rows, threads, seconds, (cpuNanos() - cpu) / 1e9);
      Path file = Files.createTempFile("graph", ".bin");
      long bytes = writer.writeTo(file, 0);
      try (VectorIndex index =
          GraphIndexReader.open(file, 0, bytes, writer.properties(), base, Metric.L2)) {
        for (int ef : new int[] {10, 20, 40, 80}) {
          int right = 0;
          long begin = System.nanoTime();
          for (int q = 0; q < bars.length; q++) {
            TopK out = new TopK(10, Metric.L2);
            index.search(
                queries.query(q),
                10,
                new SearchParameters(Map.of("ef", Integer.toString(ef)), Float.NaN, Float.NaN),
                null,
                out);
            TopK.Hits hits = out.drain();
            for (int h = 0; h < hits.size(); h++) {
              right += hits.score(h) <= bars[q] ? 1 : 0;
            }
          }
          System.out.printf(
              "  %d candidates: recall@10 %.4f, %.0f us a query%n",
              ef, right / (10.0 * bars.length), (System.nanoTime() - begin) / 1e3 / bars.length);
        }
      } finally {
        Files.delete(file);
      }
      System.out.printf("  %d bytes%n", bytes);
    }
  }

  private static GraphIndexWriter build(GraphBuilder builder, FloatVectors vectors, int threads)
      throws InterruptedException {
    BitSet all = new BitSet();
    all.set(0, vectors.size());
    IndexDefinition definition =
        new IndexDefinition(1, 100, "v", "i", IndexType.AUTOINDEX, Metric.L2, Map.of());
    return GraphIndexWriter.build(
        builder, vectors, all, Metric.L2, definition, threads, done -> {});
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static FloatVectors read(Path bvecs, int rows) throws Exception {
    try (FileChannel channel = FileChannel.open(bvecs)) {
      int count = (int) Math.min(rows, channel.size() / (DIMENSION + 4));
      ByteBuffer bytes =
          ByteBuffer.allocate(count * (DIMENSION + 4)).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // until all is there
      }
      bytes.flip();
      float[] data = new float[count * DIMENSION];
      for (int i = 0; i < data.length; i++) {
        if (i % DIMENSION == 0) {
          bytes.getInt();
        }
        data[i] = bytes.get() & 0xFF;
      }
      return new FloatVectors(data, DIMENSION);
    }
  }
}
