package io.tidemark.engine.index;

import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** An approximate index over the rows of one segment. Safe for concurrent searches. */
public interface VectorIndex extends AutoCloseable {
  /**
   * Offers about the {@code k} best accepted rows to {@code out}; it may offer fewer than there
   * are.
   *
   * @param parameters how hard to look, by the names of the index's own family; others are ignored
   * @param accept rows that count, or null for all
   * @throws IllegalStateException if closed
   */
  void search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out);

  /** Rows in the index. */
  int size();

  /**
   * About how many rows such a search scores when {@code accepted} of the index's rows pass, for a
   * planner to compare with scoring just those rows.
   */
  double expectedCost(int k, SearchParameters parameters, int accepted);

  /** Bytes that the index holds in memory, without the vectors. */
  long bytes();

  @Override
  void close();
}
