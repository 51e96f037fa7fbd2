package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.SparseVectors;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Inverted files: what those over vectors and those over codes have in common. The same rows and
 * parameters give the same bytes, with any number of threads.
 */
public abstract sealed class IvfFamily implements IndexFamily
    permits IvfPlain, IvfSq8, IvfPq, IvfRabitq, Scann {
  static final IndexParameter.Whole NLIST =
      new IndexParameter.Whole(
          "nlist",
          1,
          65_536,
          128,
          "128",
          false,
          "lists of a segment; fewer if they would have less than 39 rows each");
  static final IndexParameter.Whole NPROBE =
      IndexParameter.Whole.of(
          "nprobe",
          1,
          65_536,
          8,
          "lists read by a search; under a filter more, the more the fewer rows pass");
  static final IndexParameter.Whole MAX_EMPTY_RESULT_BUCKETS =
      IndexParameter.Whole.of(
          "max_empty_result_buckets",
          1,
          65_536,
          2,
          "a range search ends after so many lists without a row in the range");
  private final IndexType type;
  private final String about;

  IvfFamily(IndexType type, String about) {
    this.type = type;
    this.about = about;
  }

  /** Parameters of the index beside nlist. */
  abstract List<IndexParameter> ownBuildParameters();

  /** Parameters of a search beside nprobe and max_empty_result_buckets. */
  abstract List<IndexParameter> ownSearchParameters();

  /**
   * What the lists keep of their rows.
   *
   * @param vectors of a type that it takes
   */
  abstract ListContent content(
      Vectors vectors,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges)
      throws InterruptedException;

  /** Vectors that have codes: no family has any of bits. */
  static DenseVectors dense(Vectors vectors) {
    return switch (vectors) {
      case DenseVectors dense -> dense;
      case BinaryVectors bits -> throw new IllegalArgumentException("no codes of " + bits.type());
      case SparseVectors sparse ->
          throw new IllegalArgumentException("no codes of " + sparse.type());
    };
  }

  /** Bytes of a row's code, and heap that it takes to learn codes, of so many rows. */
  abstract long codeBytes(Map<String, String> given, int dimension, long rows);

  /** How hard a search for {@code k} hits looks. */
  abstract IvfEffort effort(Map<String, String> given, int k);

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
    return IndexFamily.metricsOfFloats(vectors);
  }

  @Override
  public final List<IndexParameter> buildParameters() {
    return with(List.of(NLIST), ownBuildParameters());
  }

  @Override
  public final List<IndexParameter> searchParameters() {
    return with(List.of(NPROBE, MAX_EMPTY_RESULT_BUCKETS), ownSearchParameters());
  }

  private static List<IndexParameter> with(List<IndexParameter> first, List<IndexParameter> more) {
    List<IndexParameter> all = new ArrayList<>(first);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** Where rows are listed, their codes, and the sample that lists are made of. */
  @Override
  public final long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    int nlist = NLIST.in(definition.parameters());
    return InvertedLists.buildBytes(rows, field.dimension(), nlist)
        + codeBytes(definition.parameters(), field.dimension(), rows);
  }

  @Override
  public final BuiltIvf build(IndexSource source, IntConsumer progress)
      throws InterruptedException {
    if (!vectorTypes().contains(source.vectors().type())) {
      throw new IllegalArgumentException(type + " takes no " + source.vectors().type());
    }
    IndexDefinition definition = source.definition();
    Vectors vectors = source.vectors();
    int dimension = vectors.dimension();
    ListPoints points =
        switch (vectors) {
          case DenseVectors dense ->
              (row, target, at) -> ListPoints.copy(dense, row, target, at, definition.metric());
          case BinaryVectors bits -> bits::spread;
          case SparseVectors sparse ->
              throw new IllegalArgumentException("no means of " + sparse.type());
        };
    try (RowRanges ranges = new RowRanges(source.threads())) {
      InvertedLists lists =
          InvertedLists.build(
              points,
              dimension,
              source.rows(),
              NLIST.in(definition.parameters()),
              ranges,
              progress);
      ListContent content = content(vectors, lists, definition, source.threads(), ranges);
      return new BuiltIvf(lists, content, vectors.size(), definition.metric());
    }
  }

  @Override
  public final VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException {
    IvfBlob.Read read =
        blob.read(
            BuiltIvf.FORMAT_NAME,
            (channel, offset, length) ->
                IvfBlob.read(channel, offset, length, vectors.dimension(), vectors.size(), metric));
    return new IvfIndex(read, this, vectors, metric);
  }
}
