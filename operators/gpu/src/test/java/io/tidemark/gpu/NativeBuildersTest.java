package io.tidemark.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.engine.index.graph.BuildSpace;
import io.tidemark.engine.index.graph.GraphBuilder;
import io.tidemark.engine.index.graph.GraphBuilders;
import io.tidemark.engine.index.graph.GraphIndexWriter;
import io.tidemark.engine.index.graph.GraphParameters;
import io.tidemark.engine.index.graph.GraphRequest;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a native builder owes its caller beside a good graph. */
class NativeBuildersTest {
  private static final long SEED = Long.getLong("seed", 20_260_101);
  private static final TwinGraphBuilder TWIN = new TwinGraphBuilder();

  @TempDir Path folder;

  @BeforeEach
  void theTwinIsThere() {
    assumeTrue(TWIN.unavailable().isEmpty(), () -> TWIN.unavailable().orElseThrow());
  }

  @Test
  void areFoundByTheirNames() {
    assertThat(GraphBuilders.find("cpu-twin").orElseThrow()).isInstanceOf(TwinGraphBuilder.class);
    assertThat(GraphBuilders.find("gpu").orElseThrow()).isInstanceOf(GpuGraphBuilder.class);
  }

  @Test
  void giveTheSameBytesAgainAndByAnyNumberOfThreads() throws Exception {
    FloatVectors vectors = random(3000, 20);
    byte[] first = bytes(TWIN, vectors, 1);
    assertThat(bytes(TWIN, vectors, 1)).isEqualTo(first);
    assertThat(bytes(TWIN, vectors, 3)).isEqualTo(first);
  }

  @Test
  void leaveVectorsWithNanToTheCpu() throws Exception {
    FloatVectors vectors = random(300, 4);
    vectors.data()[4 * 77 + 2] = Float.NaN;
    assertThatThrownBy(() -> TWIN.build(request(vectors), done -> {}))
        .hasMessageContaining("BAD_VECTOR")
        .hasMessageContaining("vector 77 of 300 holds NaN");
    assertThat(build(TWIN, vectors, 1, done -> {}).builder()).isEqualTo("cpu");
  }

  @Test
  void leaveDegreesBeyondThemToTheCpu() throws Exception {
    FloatVectors vectors = random(300, 4);
    IndexDefinition wide =
        new IndexDefinition(1, 100, "v", "i", IndexType.HNSW, Metric.L2, Map.of("M", "65"));
    GraphIndexWriter writer =
        GraphIndexWriter.build(TWIN, vectors, all(300), Metric.L2, wide, 1, done -> {});
    assertThat(writer.builder()).isEqualTo("cpu");
  }

  @Test
  void refuseWhatDoesNotFitBeforeTheyTouchIt() throws Exception {
    TwinGraphBuilder small = new TwinGraphBuilder(new NativeBuild.Limits(0, 100_000, 0));
    FloatVectors vectors = random(3000, 20);
    assertThatThrownBy(() -> small.build(request(vectors), done -> {}))
        .hasMessageContaining("OUT_OF_MEMORY")
        .hasMessageMatching(".*needs \\d{6,} bytes of the host, allowed are 100000.*");
    assertThat(build(small, vectors, 1, done -> {}).builder()).isEqualTo("cpu");
  }

  @Test
  void tellHowFarTheyAreAndEndWhenTheListenerThrows() throws Exception {
    FloatVectors vectors = random(20_000, 64);
    List<Integer> heard = new ArrayList<>();
    assertThatThrownBy(() ->
            build(
                TWIN,
                vectors,
                1,
                done -> {
                  heard.add(done);
                  throw new IllegalStateException("enough");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(heard).hasSize(1);
    build(TWIN, random(500, 4), 1, heard::add);
    assertThat(heard.getLast()).isEqualTo(500);
  }

  @Test
  void endWhenInterrupted() {
    FloatVectors vectors = random(20_000, 64);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> build(TWIN, vectors, 1, done -> {}))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void withoutAGpuTheCpuBuildsAndTheReasonIsKnown() throws Exception {
    GraphBuilder gpu = new GpuGraphBuilder().onDevice(4096);
    assertThat(gpu.unavailable().orElseThrow())
        .containsAnyOf("no CUDA device", "this build is without libtidemark_gpu.so");
    assertThat(build(gpu, random(300, 4), 1, done -> {}).builder()).isEqualTo("cpu");
  }

  @Test
  void anotherLibraryThanAskedForIsRefused() throws Exception {
    Path text = Files.writeString(folder.resolve("lib.so"), "no library");
    System.setProperty("tidemark.test.library", text.toString());
    LoadedLibrary broken =
        new LoadedLibrary(new LibraryFile("tidemark_none", "tidemark.test.library"));
    assertThatThrownBy(broken::get).hasMessageContaining("cannot be loaded");
    System.setProperty("tidemark.test.library", folder.resolve("absent").toString());
    LoadedLibrary absent =
        new LoadedLibrary(new LibraryFile("tidemark_none", "tidemark.test.library"));
    assertThatThrownBy(absent::get).hasMessageContaining("tidemark.test.library names");
    System.clearProperty("tidemark.test.library");
  }

  private byte[] bytes(GraphBuilder builder, FloatVectors vectors, int threads) throws Exception {
    Path file = Files.createTempFile(folder, "graph", ".bin");
    GraphIndexWriter writer = build(builder, vectors, threads, done -> {});
    assertThat(writer.builder()).isEqualTo("cpu-twin");
    writer.writeTo(file, 0);
    return Files.readAllBytes(file);
  }

  private static GraphIndexWriter build(
      GraphBuilder builder, FloatVectors vectors, int threads, IntConsumer progress)
      throws InterruptedException {
    IndexDefinition definition =
        new IndexDefinition(1, 100, "v", "i", IndexType.AUTOINDEX, Metric.L2, Map.of());
    return GraphIndexWriter.build(
        builder, vectors, all(vectors.size()), Metric.L2, definition, threads, progress);
  }

  private static GraphRequest request(FloatVectors vectors) {
    return new GraphRequest(
        vectors,
        IntStream.range(0, vectors.size()).toArray(),
        BuildSpace.EUCLIDEAN,
        new GraphParameters(32, 16, 100),
        1);
  }

  private static BitSet all(int rows) {
    BitSet all = new BitSet();
    all.set(0, rows);
    return all;
  }

  private static FloatVectors random(int rows, int dimension) {
    Random random = new Random(SEED);
    float[] data = new float[rows * dimension];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return new FloatVectors(data, dimension);
  }
}
