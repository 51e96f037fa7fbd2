package io.tidemark.engine.index.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.VectorIndexContract;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every inverted file keeps what every index keeps, and has a format that tells damage. */
class IvfContractTest {
  abstract static class IvfContract extends VectorIndexContract {
    private static final int OFFSET = 4096;

    private final IndexFamily family;

    @TempDir Path folder;

    IvfContract(IndexType type) {
      this.family = IndexFamilies.of(type);
    }

    @Override
    protected VectorIndex index(Vectors vectors, BitSet include, Metric metric) throws Exception {
      BuiltIndex built = build(vectors, include, metric, 2);
      assertThat(built.size()).isEqualTo(include.cardinality());
      return family.open(write(built, "ivf"), vectors, metric);
    }

    private BuiltIndex build(Vectors vectors, BitSet include, Metric metric, int threads)
        throws InterruptedException {
      IndexDefinition definition =
          new IndexDefinition(1, 100, "vector", "index", family.type(), metric, Map.of());
      return family.build(
          new IndexSource(vectors, include, definition, threads, BuildDevice.CPU), done -> {});
    }

    private IndexBlob write(BuiltIndex built, String name) throws IOException {
      Path file = Files.createTempFile(folder, name, ".bin");
      long bytes = built.writeTo(file, OFFSET);
      assertThat(Files.size(file)).isEqualTo(OFFSET + bytes);
      return new IndexBlob(file, OFFSET, bytes, built.properties());
    }

    @Test
    void narrowFiltersAreReadOnForUntilEnoughPass() throws Exception {
      Vectors vectors = clustered(4000, 24);
      try (VectorIndex index = index(vectors, all(4000), as(Metric.L2))) {
        for (int passing : new int[] {40, 4}) {
          BitSet accept = new BitSet();
          IntStream.range(0, passing).forEach(i -> accept.set(random.nextInt(4000)));
          assertThat(recall(index, vectors, as(Metric.L2), 10, accept))
              .as("seed %d passing %d", seed, passing)
              .isEqualTo(1);
        }
      }
    }

    @Test
    void aRangeIsFollowedThroughTheLists() throws Exception {
      Vectors vectors = clustered(3000, 12);
      Metric metric = as(Metric.L2);
      try (VectorIndex index = index(vectors, all(3000), metric)) {
        SearchParameters range = new SearchParameters(Map.of("nprobe", "1"), 6, Float.NaN);
        TopK out = new TopK(3000, metric);
        out.restrict(range.radius(), range.rangeFilter());
        index.search(vectors.query(5), 3000, range, null, out);
        TopK exact = new TopK(3000, metric);
        exact.restrict(range.radius(), range.rangeFilter());
        ExactSearch.search(vectors, vectors.query(5), null, exact);
        int truth = exact.size();
        TopK.Hits hits = out.drain();
        assertThat((double) hits.size())
            .as("seed %d of %d", seed, truth)
            .isGreaterThan(0.95 * truth);
        assertThat(hits.score(hits.size() - 1)).isLessThan(6);
      }
    }

    @Test
    void theSameRowsGiveTheSameBytesWithAnyNumberOfThreads() throws Exception {
      Vectors vectors = clustered(700, 20);
      byte[] one =
          Files.readAllBytes(write(build(vectors, all(700), as(Metric.COSINE), 1), "a").file());
      byte[] three =
          Files.readAllBytes(write(build(vectors, all(700), as(Metric.COSINE), 3), "b").file());
      assertThat(one).isEqualTo(three);
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
      IndexBlob other =
          new IndexBlob(
              blob.file(), OFFSET, blob.length(), Map.of(BuiltIndex.FORMAT, "tidemark-ivf-v9"));
      assertThatThrownBy(() -> family.open(other, vectors, as(Metric.L2)))
          .hasMessageContaining("tidemark-ivf-v9")
          .hasMessageContaining("tidemark-ivf-v1");
      assertThatThrownBy(() -> family.open(blob, vectors, as(Metric.COSINE)))
          .hasMessageMatching(".*metric is (0, expected 2|3, expected 4).*");
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

  @Nested
  class OfVectors extends IvfContract {
    OfVectors() {
      super(IndexType.IVF_FLAT);
    }
  }

  @Nested
  class OfBytes extends IvfContract {
    OfBytes() {
      super(IndexType.IVF_SQ8);
    }
  }

  @Nested
  class OfProductCodes extends IvfContract {
    OfProductCodes() {
      super(IndexType.IVF_PQ);
    }
  }

  @Nested
  class OfSigns extends IvfContract {
    OfSigns() {
      super(IndexType.IVF_RABITQ);
    }
  }

  @Nested
  class OfShortCodes extends IvfContract {
    OfShortCodes() {
      super(IndexType.SCANN);
    }
  }

  @Nested
  class OfBits extends IvfContract {
    OfBits() {
      super(IndexType.BIN_IVF_FLAT);
    }

    /** The signs, in whole bytes. */
    @Override
    protected Vectors of(float[] data, int dimension) {
      int rowBytes = (dimension + 7) / 8;
      byte[] bits = new byte[data.length / dimension * rowBytes];
      for (int i = 0; i < data.length; i++) {
        int bit = i % dimension;
        bits[i / dimension * rowBytes + bit / 8] |= (byte) ((data[i] > 0 ? 1 : 0) << (7 - bit % 8));
      }
      return new BinaryVectors(bits, rowBytes * 8, null);
    }

    @Override
    protected Metric as(Metric metric) {
      return metric == Metric.L2 ? Metric.HAMMING : Metric.JACCARD;
    }

    @Override
    protected QueryVector near(Vectors vectors, int row) {
      byte[] bits = ((BinaryQuery) vectors.query(row)).bits();
      for (int i = 0; i < bits.length; i++) {
        bits[i] ^= (byte) (random.nextInt(4) == 0 ? 1 << random.nextInt(8) : 0);
      }
      return new BinaryQuery(bits);
    }
  }
}
