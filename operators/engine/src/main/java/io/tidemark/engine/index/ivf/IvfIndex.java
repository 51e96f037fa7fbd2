package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lists, and codes of their rows or none, over vectors that lie on the heap. */
final class IvfIndex implements VectorIndex {
  /** What testing a row against the filter costs, in rows of an exact scan. */
  private static final double TEST_COST = 0.03;

  private final AtomicReference<IvfBlob.@Nullable Read> content;
  private final IvfFamily family;
  private final Vectors vectors;
  private final Metric metric;
  private final ConcurrentLinkedQueue<IvfScratch> idle = new ConcurrentLinkedQueue<>();

  IvfIndex(IvfBlob.Read content, IvfFamily family, Vectors vectors, Metric metric) {
    this.content = new AtomicReference<>(content);
    this.family = family;
    this.vectors = vectors;
    this.metric = metric;
  }

  @Override
  public Work search(
      QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
    IvfBlob.Read open = open();
    if (out.metric() != metric) {
      throw new IllegalArgumentException(
          "collector for " + out.metric() + ", the index is for " + metric);
    }
    if (query.dimension() != vectors.dimension()) {
      throw new IllegalArgumentException(
          "query of dimension " + query.dimension() + ", the vectors have " + vectors.dimension());
    }
    if (open.lists().size() == 0 || k < 1) {
      return Work.NONE;
    }
    IvfScratch scratch = idle.poll();
    if (scratch == null) {
      scratch = new IvfScratch(open.lists().count());
    }
    IvfEffort effort = family.effort(parameters.given(), k);
    int accepted = accept == null ? open.lists().size() : accept.cardinality();
    IvfDepth depth = IvfDepth.of(effort, open.lists(), k, accepted);
    long scored =
        new IvfSearch(open, vectors, query, scratch, accept, out).run(k, parameters, effort, depth);
    idle.offer(scratch);
    return new Work(scored, false);
  }

  private IvfBlob.Read open() {
    IvfBlob.Read open = content.get();
    if (open == null) {
      throw new IllegalStateException("the index is closed");
    }
    return open;
  }

  @Override
  public IndexType type() {
    return family.type();
  }

  @Override
  public int size() {
    return open().lists().size();
  }

  @Override
  public double expectedCost(int k, SearchParameters parameters, int accepted) {
    InvertedLists lists = open().lists();
    IvfEffort effort = family.effort(parameters.given(), k);
    double share = IvfDepth.of(effort, lists, k, accepted).share(lists, accepted);
    return lists.count()
        + share * (accepted * effort.codeCost() + lists.size() * TEST_COST)
        + effort.candidates();
  }

  @Override
  public long bytes() {
    IvfBlob.Read open = open();
    return open.lists().bytes() + open.content().bytes();
  }

  @Override
  public void close() {
    content.set(null);
    idle.clear();
  }
}
