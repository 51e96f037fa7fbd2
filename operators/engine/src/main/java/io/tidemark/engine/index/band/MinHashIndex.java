package io.tidemark.engine.index.band;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A table of bands over signatures that lie on the heap; rows that share a band are compared. */
final class MinHashIndex implements VectorIndex {
  /** What looking a band's hash up costs, in rows scored by a scan. */
  private static final double LOOKUP_COST = 8;

  /** What a row met at random costs, in those. */
  private static final double RANDOM_COST = 3;

  private final AtomicReference<@Nullable BandTable> table;
  private final Vectors vectors;
  private final Metric metric;

  MinHashIndex(BandTable table, Vectors vectors, Metric metric) {
    this.table = new AtomicReference<>(table);
    this.vectors = vectors;
    this.metric = metric;
  }

  @Override
  public Work search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
    BandTable open = open();
    if (out.metric() != metric) {
      throw new IllegalArgumentException(
          "collector for " + out.metric() + ", the index is for " + metric);
    }
    if (!(query instanceof BinaryQuery bits) || query.dimension() != vectors.dimension()) {
      throw new IllegalArgumentException(
          "query of dimension " + query.dimension() + ", the vectors have " + vectors.dimension());
    }
    if (k < 1) {
      return Work.NONE;
    }
    int[] rows = open.alike(bits);
    int count = 0;
    for (int row : rows) {
      if (accept == null || accept.get(row)) {
        rows[count++] = row;
      }
    }
    float[] scores = new float[count];
    vectors.scorer(metric, query).nearness(rows, count, scores);
    for (int i = 0; i < count; i++) {
      out.addNearness(rows[i], scores[i]);
    }
    return new Work(count, false);
  }

  private BandTable open() {
    BandTable open = table.get();
    if (open == null) {
      throw new IllegalStateException("the index is closed");
    }
    return open;
  }

  /** Rows that share no band with a query are not what it looks for. */
  @Override
  public boolean leavesFarRowsOut() {
    return true;
  }

  @Override
  public IndexType type() {
    return IndexType.MINHASH_LSH;
  }

  @Override
  public int size() {
    return open().size();
  }

  /** How many rows share a band is in the data; about as many as are wanted, and some more. */
  @Override
  public double expectedCost(int k, SearchParameters parameters, int accepted) {
    return open().bands() * LOOKUP_COST + RANDOM_COST * 2 * k;
  }

  @Override
  public long bytes() {
    return open().bytes();
  }

  @Override
  public void close() {
    table.set(null);
  }
}
