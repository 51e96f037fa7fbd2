package io.tidemark.engine.index.sparse;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.engine.vector.SparseVectors;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** SPARSE_INVERTED_INDEX, and SPARSE_WAND, which is another name of it. */
public final class SparseFamily implements IndexFamily {
  public static final SparseFamily INVERTED =
      new SparseFamily(
          IndexType.SPARSE_INVERTED_INDEX,
          "Lists of the rows that have a number at a place. Reads those of the query's places, the weightiest"
              + " first, and no row that cannot be a hit: exact.");
  public static final SparseFamily WAND =
      new SparseFamily(
          IndexType.SPARSE_WAND, "The same as SPARSE_INVERTED_INDEX, by its older name.");

  /** Below 1, which would leave nothing of a query. */
  private static final float RATIO_MAX = Math.nextDown(1f);

  private static final IndexParameter.Choice ALGORITHM =
      new IndexParameter.Choice(
          "inverted_index_algo",
          "sparse inverted index algo",
          Arrays.stream(Algorithm.values()).map(Algorithm::name).toList(),
          Algorithm.DAAT_MAXSCORE.name(),
          "how lists are read: the first two alike, leaving out what cannot be a hit; the last in full");
  private static final IndexParameter.Decimal DROP_RATIO_BUILD =
      new IndexParameter.Decimal(
          "drop_ratio_build",
          0,
          RATIO_MAX,
          0,
          "ignored, as in Milvus since 2.6: nothing is dropped");
  private static final IndexParameter.Decimal DROP_RATIO_SEARCH =
      new IndexParameter.Decimal(
          "drop_ratio_search",
          0,
          RATIO_MAX,
          0,
          "share of a query's elements, the smallest, by which no rows are looked for; scores count them still");

  /** Of a row of a hundred elements. */
  private static final long SORTED_ROW_BYTES = 4096;

  private final IndexType type;
  private final String about;

  private SparseFamily(IndexType type, String about) {
    this.type = type;
    this.about = about;
  }

  /** The part of a query by which rows are looked for. */
  static SparseQuery used(SparseQuery query, Map<String, String> given) {
    int dropped = (int) (query.dimension() * DROP_RATIO_SEARCH.in(given));
    if (dropped == 0) {
      return query;
    }
    float[] values = query.values();
    int[] places =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(place -> values[place]))
            .skip(dropped)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
    int[] indices = new int[places.length];
    float[] weights = new float[places.length];
    for (int i = 0; i < places.length; i++) {
      indices[i] = query.indices()[places[i]];
      weights[i] = values[places[i]];
    }
    return new SparseQuery(indices, weights);
  }

  @Override
  public IndexType type() {
    return type;
  }

  @Override
  public String about() {
    return about;
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return vectors == DataType.SPARSE_FLOAT_VECTOR
        ? IndexFamily.metricsOf(vectors)
        : EnumSet.noneOf(Metric.class);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of(ALGORITHM, DROP_RATIO_BUILD);
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return List.of(DROP_RATIO_SEARCH);
  }

  /**
   * What sorts a window's elements; the lists are smaller than the vectors, of which there are two.
   */
  @Override
  public long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    return Math.min(rows, ListWindow.ROWS) * SORTED_ROW_BYTES;
  }

  private SparseVectors sparse(Vectors vectors) {
    if (vectors instanceof SparseVectors sparse) {
      return sparse;
    }
    throw new IllegalArgumentException(type + " takes no " + vectors.type());
  }

  @Override
  public BuiltIndex build(IndexSource source, IntConsumer progress) throws InterruptedException {
    SparseVectors vectors = sparse(source.vectors());
    SparseLists lists =
        SparseLists.build(
            vectors,
            Objects.requireNonNull(vectors.among(source.include())),
            Algorithm.valueOf(ALGORITHM.in(source.definition().parameters())),
            progress);
    return new BuiltSparse(lists, vectors.size());
  }

  @Override
  public VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException {
    SparseVectors sparse = sparse(vectors);
    SparseLists lists =
        blob.read(
            BuiltSparse.FORMAT_NAME,
            (channel, offset, length) ->
                SparseBlob.read(channel, offset, length, sparse.size(), metric));
    return new SparseIndex(lists, type, sparse);
  }
}
