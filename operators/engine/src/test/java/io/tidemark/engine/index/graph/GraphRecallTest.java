package io.tidemark.engine.index.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recall of the defaults on real vectors, where they are at hand. */
class GraphRecallTest {
  private static final int DIMENSION = 128;

  @TempDir Path folder;

  @Test
  void theDefaultsFindNinetySevenOfAHundredRealNeighbours() throws Exception {
    Path data = dataFolder();
    assumeTrue(
        Files.isRegularFile(data.resolve("base.bvecs")),
        () -> "no real vectors at " + data + ": set -Dtidemark.data to the folder above bigann10k");
    FloatVectors base = vectors(data.resolve("base.bvecs"));
    FloatVectors queries = vectors(data.resolve("query.bvecs"));
    BitSet all = new BitSet();
    all.set(0, base.size());
    IndexDefinition definition =
        new IndexDefinition(1, 100, "v", "i", IndexType.AUTOINDEX, Metric.L2, Map.of());
    GraphIndexWriter writer =
        GraphIndexWriter.build(base, all, Metric.L2, definition, 2, done -> {});
    Path file = folder.resolve("graph");
    long bytes = writer.writeTo(file, 0);
    byte[] attributes = Files.readAllBytes(data.resolve("attr.u8"));
    try (VectorIndex index =
        GraphIndexReader.open(file, 0, bytes, writer.properties(), base, Metric.L2)) {
      assertThat(recall(index, queries, lists(data.resolve("gt.ivecs")), null)).isGreaterThan(0.97);
      for (int share : new int[] {50, 10}) {
        BitSet accept = new BitSet();
        IntStream.range(0, attributes.length)
            .filter(i -> attributes[i] < share)
            .forEach(accept::set);
        assertThat(recall(index, queries, lists(data.resolve("gt_f" + share + ".ivecs")), accept))
            .as("filter %d %%", share)
            .isGreaterThan(0.95);
      }
    }
  }

  private static Path dataFolder() {
    String given = System.getProperty("tidemark.data");
    Path root =
        given != null
            ? Path.of(given)
            : Path.of("").toAbsolutePath().resolve("../../../shared/data");
    return root.normalize().resolve("bigann10k");
  }

  private static double recall(
      VectorIndex index, FloatVectors queries, List<int[]> truth, BitSet accept) {
    int right = 0;
    for (int q = 0; q < queries.size(); q++) {
      TopK out = new TopK(10, Metric.L2);
      index.search(queries.query(q), 10, SearchParameters.DEFAULT, accept, out);
      int[] found = out.drain().ordinals();
      int[] wanted = truth.get(q);
      for (int i = 0; i < 10; i++) {
        int row = wanted[i];
        right += IntStream.of(found).anyMatch(f -> f == row) ? 1 : 0;
      }
    }
    return right / (10.0 * queries.size());
  }

  private static FloatVectors vectors(Path bvecs) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(bvecs)).order(ByteOrder.LITTLE_ENDIAN);
    float[] data = new float[bytes.remaining() / (DIMENSION + 4) * DIMENSION];
    for (int i = 0; i < data.length; i++) {
      if (i % DIMENSION == 0) {
        assertThat(bytes.getInt()).isEqualTo(DIMENSION);
      }
      data[i] = bytes.get() & 0xFF;
    }
    return new FloatVectors(data, DIMENSION);
  }

  private static List<int[]> lists(Path ivecs) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(ivecs)).order(ByteOrder.LITTLE_ENDIAN);
    List<int[]> lists = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int[] list = new int[bytes.getInt()];
      for (int i = 0; i < list.length; i++) {
        list[i] = bytes.getInt();
      }
      lists.add(list);
    }
    return lists;
  }
}
