package io.tidemark.engine.index.sparse;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.engine.vector.SparseVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.IndexType;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lists over sparse vectors that lie on the heap. */
final class SparseIndex implements VectorIndex {
  /** Reading the lists costs about what scoring one of so many rows does. */
  private static final double ROWS_PER_SCORE = 40;

  /** Rows that are scored for each hit, about. */
  private static final double SCORES_PER_HIT = 8;

  private final AtomicReference<@Nullable SparseLists> content;
  private final IndexType type;
  private final SparseVectors vectors;

  SparseIndex(SparseLists lists, IndexType type, SparseVectors vectors) {
    this.content = new AtomicReference<>(lists);
    this.type = type;
    this.vectors = vectors;
  }

  @Override
  public Work search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
    SparseLists lists = open();
    SparseQuery whole = SparseQuery.of(query);
    SparseQuery used = SparseFamily.used(whole, parameters.given());
    RowScorer scorer = vectors.scorer(out.metric(), whole);
    return new Work(
        new SparseSearch(lists, vectors.size(), used, scorer, accept, out).run(), false);
  }

  private SparseLists open() {
    SparseLists lists = content.get();
    if (lists == null) {
      throw new IllegalStateException("the index is closed");
    }
    return lists;
  }

  @Override
  public boolean leavesFarRowsOut() {
    return true;
  }

  @Override
  public IndexType type() {
    return type;
  }

  @Override
  public int size() {
    return open().size();
  }

  @Override
  public double expectedCost(int k, SearchParameters parameters, int accepted) {
    return open().size() / ROWS_PER_SCORE + SCORES_PER_HIT * k;
  }

  @Override
  public long bytes() {
    return open().bytes();
  }

  @Override
  public void close() {
    content.set(null);
  }
}
