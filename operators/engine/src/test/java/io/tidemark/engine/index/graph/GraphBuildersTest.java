package io.tidemark.engine.index.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphBuildersTest {
  @TempDir Path folder;

  @Test
  void theCpuIsAlwaysThere() {
    assertThat(GraphBuilders.find("cpu")).containsSame(GraphBuilders.cpu());
    assertThat(GraphBuilders.cpu().unavailable()).isEmpty();
    assertThat(GraphBuilders.find("abacus")).isEmpty();
  }

  @Test
  void aServiceOfANewerJavaOrWithoutItsClassIsPassedOver() throws Exception {
    String ours = Found.class.getName();
    String newer = "io.tidemark.engine.index.GraphBuildersTest$Newer";
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(GraphBuilder.class.getName()),
        "io.tidemark.Absent\n" + newer + "\n" + ours + "\n");
    Path classes = Files.createDirectories(folder.resolve("io/tidemark/engine/index"));
    try (InputStream in =
        GraphBuilders.class.getResourceAsStream("GraphBuildersTest$Newer.class")) {
      byte[] bytes = in.readAllBytes();
      ByteBuffer.wrap(bytes).putShort(6, (short) 999); // the major version of its class file
      Files.write(classes.resolve("GraphBuildersTest$Newer.class"), bytes);
    }
    try (Shadowing loader = new Shadowing(folder.toUri().toURL(), newer)) {
      assertThat(GraphBuilders.load(loader))
          .extracting(GraphBuilder::name)
          .containsExactly("found");
    }
  }

  @Test
  void whatABuilderCannotBuildTheCpuDoes() throws Exception {
    FloatVectors vectors = new FloatVectors(new float[] {1, 2, 3, 4, 5, 6}, 2);
    BitSet all = new BitSet();
    all.set(0, 3);
    IndexDefinition definition =
        new IndexDefinition(1, 100, "v", "i", IndexType.AUTOINDEX, Metric.L2, Map.of());
    GraphIndexWriter writer =
        GraphIndexWriter.build(new Found(), vectors, all, Metric.L2, definition, 1, done -> {});
    assertThat(writer.builder()).isEqualTo("cpu");
    assertThat(writer.size()).isEqualTo(3);
    assertThat(writer.properties()).containsEntry("builder", "cpu");
  }

  @Test
  void aBrokenGraphIsRefusedWithWhatIsWrong() {
    int[] nodes = {1, 3};
    FlatGraph.Layer good = new FlatGraph.Layer(nodes, new int[] {0, 1, 2}, new int[] {3, 1});
    assertThat(FlatGraph.of(4, 3, List.of(good)).nodeCount()).isEqualTo(2);
    refused("entry 0", 0, good);
    refused("neighbour 2", 1, new FlatGraph.Layer(nodes, new int[] {0, 1, 2}, new int[] {3, 2}));
    refused("neighbour -1", 1, new FlatGraph.Layer(nodes, new int[] {0, 1, 2}, new int[] {3, -1}));
    refused("offsets", 1, new FlatGraph.Layer(nodes, new int[] {0, 1}, new int[] {3}));
    refused("offsets", 1, new FlatGraph.Layer(nodes, new int[] {0, 3, 2}, new int[] {3, 1}));
    refused("node 1", 1, new FlatGraph.Layer(new int[] {3, 1}, new int[] {0, 0, 0}, new int[0]));
    refused("node 4", 1, new FlatGraph.Layer(new int[] {1, 4}, new int[] {0, 0, 0}, new int[0]));
    refused(
        "not on the layer below",
        2,
        good,
        new FlatGraph.Layer(new int[] {2}, new int[] {0, 0}, new int[0]));
  }

  private static void refused(String what, int entry, FlatGraph.Layer... layers) {
    assertThatThrownBy(() -> FlatGraph.of(4, entry, List.of(layers)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(what);
  }

  /** A builder that gives up in the middle, as one does that has lost its device. */
  public static class Found implements GraphBuilder {
    @Override
    public String name() {
      return "found";
    }

    @Override
    public Optional<String> unavailable() {
      return Optional.empty();
    }

    @Override
    public FlatGraph build(GraphRequest request, IntConsumer progress) throws GraphBuildException {
      progress.accept(1);
      throw new GraphBuildException("the device is lost");
    }
  }

  /** Only its class file is used. */
  public static final class Newer extends Found {}

  /** Takes one class from its own folder before anybody else's. */
  private static final class Shadowing extends URLClassLoader {
    private final String own;

    Shadowing(URL folder, String own) {
      super(new URL[] {folder}, GraphBuildersTest.class.getClassLoader());
      this.own = own;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return name.equals(own) ? findClass(name) : super.loadClass(name, resolve);
    }
  }
}
