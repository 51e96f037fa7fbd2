package io.tidemark.engine.index.ivf;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.index.FamilyContract;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every inverted file keeps what every index keeps, and has a format that tells damage. */
class IvfContractTest {
  abstract static class IvfContract extends FamilyContract {
    IvfContract(IndexType type) {
      super(type);
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
        // By default two lists without a row in the range end it, and there may be some behind
        // them.
        Map<String, String> patient = Map.of("nprobe", "1", "max_empty_result_buckets", "8");
        SearchParameters range = new SearchParameters(patient, 6, Float.NaN);
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
