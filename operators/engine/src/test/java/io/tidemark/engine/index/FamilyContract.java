package io.tidemark.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.blob.MetricNumber;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same of an index that its family builds, and a file that tells damage. */
public abstract class FamilyContract extends VectorIndexContract {
  private static final int OFFSET = 4096;

  private final IndexFamily family;

  @TempDir Path folder;

  protected FamilyContract(IndexType type) {
    this.family = IndexFamilies.of(type);
  }

  /** Of the index, where the defaults are not to be tested. */
  protected Map<String, String> parameters(Vectors vectors) {
    return Map.of();
  }

  @Override
  protected VectorIndex index(Vectors vectors, BitSet include, Metric metric) throws Exception {
    BuiltIndex built = build(vectors, include, metric, 2);
    assertThat(built.size()).isEqualTo(include.cardinality());
    return family.open(write(built, "index"), vectors, metric);
  }

  protected final BuiltIndex build(Vectors vectors, BitSet include, Metric metric, int threads)
      throws InterruptedException {
    IndexDefinition definition =
        new IndexDefinition(1, 100, "vector", "index", family.type(), metric, parameters(vectors));
    return family.build(
        new IndexSource(vectors, include, definition, threads, SharedGraphs.INSTANCE), done -> {});
  }

  protected final IndexBlob write(BuiltIndex built, String name) throws IOException {
    Path file = Files.createTempFile(folder, name, ".bin");
    long bytes = built.writeTo(file, OFFSET);
    assertThat(Files.size(file)).isEqualTo(OFFSET + bytes);
    return new IndexBlob(file, OFFSET, bytes, built.properties());
  }

  @Test
  void aDamagedBlobOrOneOfAnotherFormatIsRefused() throws Exception {
    Vectors vectors = clustered(300, 8);
    IndexBlob blob = write(build(vectors, all(300), as(Metric.L2), 1), "whole");
    byte[] bytes = Files.readAllBytes(blob.file());
    for (long at : new long[] {0, 9, 12, 20, 30, 100, blob.length() / 2, blob.length() - 9}) {
      byte[] damaged = bytes.clone();
      damaged[(int) (OFFSET + at)] ^= 0x41;
      Path file = Files.write(folder.resolve("damaged-" + at), damaged);
      IndexBlob copy = new IndexBlob(file, OFFSET, blob.length(), blob.properties());
      assertThatThrownBy(() -> family.open(copy, vectors, as(Metric.L2)))
          .as("byte %d", at)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.toString());
    }
    String format = Objects.requireNonNull(blob.properties().get(BuiltIndex.FORMAT));
    String later = format.replaceFirst("[0-9]+$", "99");
    IndexBlob other =
        new IndexBlob(blob.file(), OFFSET, blob.length(), Map.of(BuiltIndex.FORMAT, later));
    assertThatThrownBy(() -> family.open(other, vectors, as(Metric.L2)))
        .hasMessageContaining(later)
        .hasMessageContaining(format);
    Metric of = as(Metric.L2);
    Metric otherMetric = as(Metric.COSINE) == of ? Metric.JACCARD : as(Metric.COSINE);
    assertThatThrownBy(() -> family.open(blob, vectors, otherMetric))
        .hasMessageContaining(
            "metric is %d, expected %d", MetricNumber.of(of), MetricNumber.of(otherMetric));
    IndexBlob cut = new IndexBlob(blob.file(), OFFSET, blob.length() - 8, blob.properties());
    assertThatThrownBy(() -> family.open(cut, vectors, as(Metric.L2)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptedBuildEnds() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> build(clustered(200, 4), all(200), as(Metric.L2), 1))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }
}
