package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.Refinement;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseVectors;
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

/**
 * Graphs that are built with the vectors as they are, and walked by codes of them: the graph is as
 * good as HNSW's, and only which rows are met depends on the codes.
 */
public abstract sealed class CodedGraphFamily implements IndexFamily
    permits HnswSq, HnswProduct, DiskAnn {
  private final IndexType type;
  private final String about;
  private final IndexParameter.Decimal refineK;

  /**
   * @param refineK hits kept for each one wanted, if no search says otherwise
   */
  CodedGraphFamily(IndexType type, String about, float refineK) {
    this.type = type;
    this.about = about;
    this.refineK = Refinement.refineK(refineK);
  }

  /**
   * Codes of the rows in the graph, at their ordinals.
   *
   * @throws InterruptedException if the calling thread is interrupted
   */
  abstract VectorCodes codes(
      DenseVectors vectors, CodeRows rows, IndexDefinition definition, int threads)
      throws InterruptedException;

  /** Heap that codes of so many rows take, with what they are learned from. */
  abstract long codeBytes(IndexDefinition definition, FieldSchema field, long rows);

  /** How the graph is built. */
  GraphParameters graphParameters(IndexDefinition definition) {
    return GraphParameters.of(definition);
  }

  /** How hard a search for {@code k} hits looks: results that the walk keeps. */
  int candidates(SearchParameters parameters, int k) {
    int ef = GraphEffort.OF_HNSW.candidates(parameters, k);
    return Math.max(ef, Refinement.candidates(refineK, parameters.given(), k));
  }

  @Override
  public final IndexType type() {
    return type;
  }

  @Override
  public final String about() {
    return about;
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return vectors == DataType.BINARY_VECTOR || vectors == DataType.SPARSE_FLOAT_VECTOR
        ? EnumSet.noneOf(Metric.class)
        : IndexFamily.metricsOf(vectors);
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return List.of(GraphParameters.EF, refineK);
  }

  @Override
  public final long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    return graphParameters(definition).buildBytes(field, rows) + codeBytes(definition, field, rows);
  }

  @Override
  public final BuiltCodedGraph build(IndexSource source, IntConsumer progress)
      throws InterruptedException {
    if (!(source.vectors() instanceof DenseVectors vectors)
        || !vectorTypes().contains(vectors.type())) {
      throw new IllegalArgumentException(type + " takes no " + source.vectors().type());
    }
    IndexDefinition definition = source.definition();
    Metric metric = definition.metric();
    GraphIndexWriter graph =
        GraphIndexWriter.build(
            GraphBuilders.of(source.device()),
            vectors,
            source.include(),
            BuildSpace.of(metric, vectors.dimension()),
            graphParameters(definition),
            source.threads(),
            progress);
    VectorCodes codes =
        codes(vectors, CodeRows.byRow(source.rows(), vectors.size()), definition, source.threads());
    return new BuiltCodedGraph(graph, codes, metric);
  }

  @Override
  public final VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException {
    CodedGraphBlob.Read read =
        blob.read(
            BuiltCodedGraph.FORMAT_NAME,
            (channel, offset, length) ->
                CodedGraphBlob.read(
                    channel, offset, length, vectors.dimension(), vectors.size(), metric));
    return new GraphIndex(read.graph(), read.codes(), vectors, metric, type, this::candidates);
  }
}
