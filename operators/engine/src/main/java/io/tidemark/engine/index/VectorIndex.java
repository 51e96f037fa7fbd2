package io.tidemark.engine.index;

import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.IndexType;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** An approximate index over the rows of one segment. Safe for concurrent searches. */
public interface VectorIndex extends AutoCloseable {
  /**
   * What a search did.
   *
   * @param scored rows, or codes of rows, that were compared with the query
   * @param gaveUp the rows that pass are not where it looked: what it offered is not to be relied
   *     on, and a scan of them costs no more than going on
   */
  record Work(long scored, boolean gaveUp) {
    public static final Work NONE = new Work(0, false);
  }

  /**
   * Offers about the {@code k} best accepted rows to {@code out}; it may offer fewer than there
   * are.
   *
   * @param parameters how hard to look, by the names of the index's own family; others are ignored
   * @param accept rows that count, or null for all
   * @throws IllegalStateException if closed
   */
  Work search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out);

  /**
   * Whether rows that are far from the query, or have nothing in common with it, are left out by
   * design, so that an answer of fewer hits than wanted is not to be completed.
   */
  default boolean leavesFarRowsOut() {
    return false;
  }

  /**
   * Whether a search costs less if it is told that the index has a small share of the rows ({@link
   * SearchParameters#share}).
   */
  default boolean usesShare() {
    return false;
  }

  /** What it was built as. */
  IndexType type();

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
