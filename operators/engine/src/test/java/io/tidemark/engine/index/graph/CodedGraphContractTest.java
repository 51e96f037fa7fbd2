package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.FamilyContract;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/**
 * Graphs walked by codes keep what every index keeps; they share their graphs. The sizes of codes
 * that there are beside these are tested with all families.
 */
class CodedGraphContractTest {
  @Nested
  class OfBytes extends FamilyContract {
    OfBytes() {
      super(IndexType.HNSW_SQ);
    }
  }

  @Nested
  class OfProductCodes extends FamilyContract {
    OfProductCodes() {
      super(IndexType.HNSW_PQ);
    }

    /** Words that are learned in half of the time. */
    @Override
    protected Map<String, String> parameters(Vectors vectors) {
      return Map.of("nbits", "7");
    }
  }

  @Nested
  class OfLevels extends FamilyContract {
    OfLevels() {
      super(IndexType.HNSW_PRQ);
    }

    /** Words that are learned in half of the time. */
    @Override
    protected Map<String, String> parameters(Vectors vectors) {
      return Map.of("nbits", "7");
    }
  }

  @Nested
  class OfABudget extends FamilyContract {
    OfABudget() {
      super(IndexType.DISKANN);
    }

    /** The graph that the others have. */
    @Override
    protected Map<String, String> parameters(Vectors vectors) {
      return Map.of("max_degree", "32");
    }
  }
}
