package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.util.EnumSet;
import java.util.Set;

/**
 * BIN_IVF_FLAT: lists of vectors of bits. A centroid is the mean of its rows, a share of ones for
 * every bit, which orders the lists better than the bits that most rows have.
 */
public final class BinIvfFlat extends IvfPlain {
  public BinIvfFlat() {
    super(
        IndexType.BIN_IVF_FLAT,
        "IVF_FLAT of bits: lists of rows by their nearest centroid; the nearest lists are read.");
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return vectors == DataType.BINARY_VECTOR
        ? IndexFamily.metricsOf(vectors)
        : EnumSet.noneOf(Metric.class);
  }
}
