package io.tidemark.engine.index.graph;

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

/** HNSW: a graph with nothing else in its file. */
public final class GraphFamily implements IndexFamily {
  public static final GraphFamily HNSW = new GraphFamily();

  private GraphFamily() {}

  @Override
  public IndexType type() {
    return IndexType.HNSW;
  }

  @Override
  public String about() {
    return "A layered graph: the fastest at a high recall. Float vectors get a byte for each number when it is loaded, which large graphs are walked by.";
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return vectors == DataType.BINARY_VECTOR || vectors == DataType.SPARSE_FLOAT_VECTOR
        ? EnumSet.noneOf(Metric.class)
        : IndexFamily.metricsOf(vectors);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of(GraphParameters.M, GraphParameters.EF_CONSTRUCTION);
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return List.of(GraphParameters.EF);
  }

  @Override
  public long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    return GraphParameters.of(definition).buildBytes(field, rows);
  }

  @Override
  public long openBytes(FieldSchema field, long rows) {
    return WalkCodes.bytes(field, rows);
  }

  /** By the source's device if that builds graphs. */
  @Override
  public BuiltIndex build(IndexSource source, IntConsumer progress) throws InterruptedException {
    return GraphIndexWriter.build(
        GraphBuilders.of(source.device()),
        source.vectors(),
        source.include(),
        source.definition().metric(),
        source.definition(),
        source.threads(),
        progress);
  }

  @Override
  public VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException {
    return GraphIndexReader.open(
        blob.file(), blob.offset(), blob.length(), blob.properties(), vectors, metric);
  }
}
