package io.tidemark.engine.index.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.VectorIndexContract;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphIndexTest extends VectorIndexContract {
  private static final int OFFSET = 4096;

  @TempDir Path folder;

  @Override
  protected VectorIndex index(Vectors vectors, BitSet include, Metric metric) throws Exception {
    Path file = Files.createTempFile(folder, "graph", ".bin");
    GraphIndexWriter writer = build(vectors, include, metric);
    long bytes = writer.writeTo(file, OFFSET);
    assertThat(Files.size(file)).isEqualTo(OFFSET + bytes);
    return GraphIndexReader.open(file, OFFSET, bytes, writer.properties(), vectors, metric);
  }

  private static GraphIndexWriter build(Vectors vectors, BitSet include, Metric metric)
      throws InterruptedException {
    return GraphIndexWriter.build(
        vectors, include, metric, definition(IndexType.AUTOINDEX, metric, Map.of()), 2, done -> {});
  }

  private static IndexDefinition definition(
      IndexType type, Metric metric, Map<String, String> parameters) {
    return new IndexDefinition(1, 100, "vector", "index", type, metric, parameters);
  }

  @Test
  void aDamagedBlobIsRefused() throws Exception {
    Vectors vectors = clustered(300, 4);
    GraphIndexWriter writer = build(vectors, all(300), Metric.L2);
    Path file = folder.resolve("graph");
    long bytes = writer.writeTo(file, OFFSET);
    for (long at : new long[] {0, 9, 12, 20, 100, bytes / 2, bytes - 9, bytes - 1}) {
      Path copy = Files.copy(file, folder.resolve("damaged-" + at));
      try (FileChannel channel =
          FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, OFFSET + at);
        one.put(0, (byte) (one.get(0) ^ 0x41)).rewind();
        channel.write(one, OFFSET + at);
      }
      assertThatThrownBy(() ->
              GraphIndexReader.open(copy, OFFSET, bytes, writer.properties(), vectors, Metric.L2))
          .as("byte %d", at)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(copy.toString());
    }
  }

  @Test
  void aBlobCutOffOrOverOtherRowsOrOfAnotherFormatIsRefused() throws Exception {
    Vectors vectors = clustered(300, 4);
    GraphIndexWriter writer = build(vectors, all(300), Metric.L2);
    Path file = folder.resolve("graph");
    long bytes = writer.writeTo(file, OFFSET);
    Map<String, String> properties = writer.properties();
    assertThatThrownBy(
            () -> GraphIndexReader.open(file, OFFSET, bytes + 1, properties, vectors, Metric.L2))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> GraphIndexReader.open(file, OFFSET, bytes - 8, properties, vectors, Metric.L2))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() ->
            GraphIndexReader.open(file, OFFSET, bytes, properties, clustered(301, 4), Metric.L2))
        .hasMessageContaining("row count is 300, expected 301");
    assertThatThrownBy(
            () -> GraphIndexReader.open(file, OFFSET, bytes, Map.of(), vectors, Metric.L2))
        .hasMessageContaining("format");
  }

  @Test
  void hnswParametersSetTheDegrees() {
    assertThat(
            GraphParameters.of(
                definition(IndexType.HNSW, Metric.L2, Map.of("M", "30", "efConstruction", "360"))))
        .isEqualTo(new GraphParameters(60, 30, 360));
    assertThat(GraphParameters.of(definition(IndexType.AUTOINDEX, Metric.L2, Map.of("M", "99"))))
        .isEqualTo(new GraphParameters(32, 16, 100));
    assertThatThrownBy(
            () -> GraphParameters.of(definition(IndexType.HNSW, Metric.L2, Map.of("M", "-1"))))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("param 'M' (-1) should be in range [2, 2048]");
  }

  @Test
  void theBuilderTellsHowFarItIsAndEndsWhenTold() throws Exception {
    Vectors vectors = clustered(500, 4);
    AtomicInteger last = new AtomicInteger();
    GraphIndexWriter.build(
        vectors,
        all(500),
        Metric.L2,
        definition(IndexType.AUTOINDEX, Metric.L2, Map.of()),
        1,
        last::set);
    assertThat(last).hasValue(500);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> build(vectors, all(500), Metric.L2))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }
}
