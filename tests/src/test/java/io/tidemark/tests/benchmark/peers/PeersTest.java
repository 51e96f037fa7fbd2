package io.tidemark.tests.benchmark.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tidemark.demo.VectorDataset;
import io.tidemark.model.index.Metric;
import io.tidemark.tests.benchmark.Dataset;
import io.tidemark.tests.benchmark.Recall;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  private static final int ROWS = 1_000;
  private static final int DIMENSION = 16;
  private static final int QUERIES = 10;
  private static final int EFFORT = 100;

  @TempDir private Path folder;

  @Test
  void everyPeerFindsTheExactAnswersAndOnlyPassingRows() throws Exception {
    List<Integer> filters = List.of(100, 50, 10, 1);
    for (Metric metric : List.of(Metric.L2, Metric.COSINE)) {
      PeerData data = new PeerData(dataset(metric), metric);
      Path files = Files.createDirectory(folder.resolve("files-" + metric));
      try (PeerSet peers = new PeerSet(data, files)) {
        List<BuiltPeer> built = new ArrayList<>();
        for (PeerKind kind : PeerKind.values()) {
          built.add(peers.get(kind));
          assertThat(peers.get(kind)).isSameAs(built.getLast());
          assertThat(built.getLast().peer().bytes()).isGreaterThan(4L * ROWS * DIMENSION);
        }
        for (BuiltPeer peer : built) {
          for (int percent : filters) {
            Setting setting = new Setting(peer, data, percent, EFFORT);
            assertThat(setting.findRecall()).as("recall of %s", setting).isGreaterThan(0.95);
            int wanted = Recall.wanted(data.dataset().truth(percent)[0], Peer.K);
            int[] rows = peer.peer().search(data.queries()[0], EFFORT, percent);
            assertThat(rows).as("rows of %s", setting).hasSize(wanted).doesNotHaveDuplicates();
            assertThat(Arrays.stream(rows))
                .as("passing rows of %s", setting)
                .allMatch(row -> data.dataset().attribute(row) < percent);
          }
        }
        PeerRounds rounds =
            new PeerRounds(data, List.of(10, EFFORT), new PrintWriter(Writer.nullWriter()));
        rounds.plan(built, List.of(100, 10));
        rounds.run(2);
        assertThat(PeerTable.of(rounds.settings()).lines())
            .hasSize(2 + built.size())
            .allMatch(line -> line.split("\\|").length == 2 + 2 * 2);
        assertThat(rounds.settings())
            .extracting(Setting::figures)
            .extracting(JsonObject::keySet)
            .allSatisfy(keys -> assertThat(keys).contains("recall10", "cpu_us", "p99_us"));
      }
    }
  }

  /** Normal numbers brought to unit length: what is nearest is then the same by either metric. */
  private Dataset dataset(Metric metric) throws Exception {
    Random random = new Random(7);
    List<float[]> vectors = Stream.generate(() -> unit(random)).limit(ROWS + QUERIES).toList();
    Path written = Files.createDirectory(folder.resolve("dataset-" + metric));
    VectorDataset.write(
        written, vectors.subList(QUERIES, ROWS + QUERIES), vectors.subList(0, QUERIES), 7);
    Dataset read = Dataset.read(written);
    assertThat(read.base()).hasDimensions(ROWS, DIMENSION);
    assertThat(read.base()[0]).containsExactly(vectors.get(QUERIES));
    assertThat(read.truth(100)[0]).hasSize(100);
    return read;
  }

  private static float[] unit(Random random) {
    float[] vector = new float[DIMENSION];
    double squares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
      squares += vector[i] * vector[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(squares);
    }
    return vector;
  }
}
