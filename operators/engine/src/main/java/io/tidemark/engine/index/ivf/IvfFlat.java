package io.tidemark.engine.index.ivf;

import io.tidemark.model.index.IndexType;

/** IVF_FLAT: lists of vectors of floats. */
public final class IvfFlat extends IvfPlain {
  public IvfFlat() {
    super(
        IndexType.IVF_FLAT,
        "Lists of rows by their nearest centroid; the nearest lists are read, their vectors scored as they are.");
  }
}
