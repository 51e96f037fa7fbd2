package io.tidemark.engine.index;

import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import java.util.BitSet;
import java.util.Objects;

/**
 * What an index is to be built from. Immutable; its vectors and rows are the caller's and not to be
 * written to.
 *
 * <p>Not a record, since it has bulk data in it.
 */
public final class IndexSource {
  private final Vectors vectors;
  private final BitSet include;
  private final IndexDefinition definition;
  private final int threads;
  private final BuildDevice device;

  /**
   * @param vectors of all rows of the segment
   * @param include the rows worth indexing: no deleted or rejected ones; those without a vector are
   *     left out
   * @param definition tells the parameters and the metric
   * @param threads of this machine that build, from 1
   * @param device where families that know of it have their heavy work done; the others, and those
   *     whose device fails, use the CPU
   */
  public IndexSource(
      Vectors vectors,
      BitSet include,
      IndexDefinition definition,
      int threads,
      BuildDevice device) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads, at least 1 builds");
    }
    if (include.length() > vectors.size()) {
      throw new IllegalArgumentException(
          "row " + (include.length() - 1) + " is to be indexed, there are " + vectors.size());
    }
    this.vectors = vectors;
    this.include = include;
    this.definition = definition;
    this.threads = threads;
    this.device = device;
  }

  public Vectors vectors() {
    return vectors;
  }

  public BitSet include() {
    return include;
  }

  /** Included rows that have a vector, ascending. */
  public int[] rows() {
    return Objects.requireNonNull(vectors.among(include)).stream().toArray();
  }

  public IndexDefinition definition() {
    return definition;
  }

  public int threads() {
    return threads;
  }

  public BuildDevice device() {
    return device;
  }
}
