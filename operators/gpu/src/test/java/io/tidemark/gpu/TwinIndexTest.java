package io.tidemark.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.VectorIndexContract;
import io.tidemark.engine.index.graph.GraphIndexReader;
import io.tidemark.engine.index.graph.GraphIndexWriter;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The twin's graphs keep what every index keeps. */
class TwinIndexTest extends VectorIndexContract {
  private static final TwinGraphBuilder TWIN = new TwinGraphBuilder();

  @TempDir Path folder;

  @BeforeAll
  static void isThere() {
    assumeTrue(TWIN.unavailable().isEmpty(), () -> TWIN.unavailable().orElseThrow());
  }

  @Override
  protected VectorIndex index(Vectors vectors, BitSet include, Metric metric) throws Exception {
    IndexDefinition definition =
        new IndexDefinition(1, 100, "vector", "index", IndexType.AUTOINDEX, metric, Map.of());
    GraphIndexWriter writer =
        GraphIndexWriter.build(TWIN, vectors, include, metric, definition, 2, done -> {});
    assertThat(writer.builder()).isEqualTo("cpu-twin");
    Path file = Files.createTempFile(folder, "graph", ".bin");
    long bytes = writer.writeTo(file, 0);
    return GraphIndexReader.open(file, 0, bytes, writer.properties(), vectors, metric);
  }
}
