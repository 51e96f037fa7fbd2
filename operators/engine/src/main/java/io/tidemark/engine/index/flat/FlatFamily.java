package io.tidemark.engine.index.flat;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** FLAT and, of bits, BIN_FLAT: every search scores every row that passes. */
public final class FlatFamily implements IndexFamily {
  public static final FlatFamily FLAT = new FlatFamily(IndexType.FLAT, false);
  public static final FlatFamily BIN_FLAT = new FlatFamily(IndexType.BIN_FLAT, true);

  private final IndexType type;
  private final boolean ofBits;

  private FlatFamily(IndexType type, boolean ofBits) {
    this.type = type;
    this.ofBits = ofBits;
  }

  @Override
  public IndexType type() {
    return type;
  }

  @Override
  public String about() {
    return "No index: every search scores every row that passes. Exact; for small collections.";
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return (vectors == DataType.BINARY_VECTOR) == ofBits
        ? IndexFamily.metricsOf(vectors)
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
  public long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    return 0;
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
