package io.tidemark.engine.index.flat;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** FLAT: every search scores every row that passes. */
public final class FlatFamily implements IndexFamily {
  @Override
  public IndexType type() {
    return IndexType.FLAT;
  }

  @Override
  public String about() {
    return "No index: every search scores every row that passes. Exact; for small collections.";
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return vectors.isVector()
        ? EnumSet.of(Metric.L2, Metric.IP, Metric.COSINE)
        : EnumSet.noneOf(Metric.class);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of();
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return List.of();
  }

  @Override
  public BuiltIndex build(IndexSource source, IntConsumer progress) {
    throw new IllegalStateException(type() + " builds nothing");
  }

  @Override
  public VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) {
    throw new IllegalStateException(type() + " has no files, but " + blob.file());
  }
}
