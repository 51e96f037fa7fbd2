package io.tidemark.engine.index.family;

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
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** AUTOINDEX: for each type of vectors the family that is best in most cases, with its defaults. */
final class AutoFamily implements IndexFamily {
  private final List<IndexFamily> best;

  /**
   * @param best of which the first that takes a type has it
   */
  AutoFamily(List<IndexFamily> best) {
    this.best = List.copyOf(best);
  }

  @Override
  public IndexType type() {
    return IndexType.AUTOINDEX;
  }

  @Override
  public String about() {
    return "What is best in most cases: HNSW with its defaults, of bits BIN_IVF_FLAT, of sparse"
        + " vectors SPARSE_INVERTED_INDEX. Taken if no type is"
        + " given.";
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    Set<Metric> metrics = EnumSet.noneOf(Metric.class);
    best.forEach(family -> metrics.addAll(family.metrics(vectors)));
    return metrics;
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of();
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return best.stream().flatMap(family -> family.searchParameters().stream()).toList();
  }

  private IndexFamily of(DataType vectors) {
    return best.stream()
        .filter(family -> family.vectorTypes().contains(vectors))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type() + " takes no " + vectors));
  }

  @Override
  public long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    return of(field.type()).buildBytes(definition, field, rows);
  }

  @Override
  public long openBytes(FieldSchema field, long rows) {
    return of(field.type()).openBytes(field, rows);
  }

  @Override
  public BuiltIndex build(IndexSource source, IntConsumer progress) throws InterruptedException {
    return of(source.vectors().type()).build(source, progress);
  }

  @Override
  public VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException {
    return of(vectors.type()).open(blob, vectors, metric);
  }
}
