package io.tidemark.engine.index;

import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * A kind of vector index: what it takes, its parameters, how it is built and how it is opened. One
 * for each {@link IndexType}, all listed in {@code IndexFamilies}. Stateless, safe for concurrent
 * use.
 */
public interface IndexFamily {
  /** What a build takes for a row if its family does not say. */
  long ROW_BYTES = 512;

  IndexType type();

  /** In a sentence what it is and when to take it, for the docs. */
  String about();

  /** The metrics of vectors of a type: those of a family that takes them all. */
  static Set<Metric> metricsOf(DataType vectors) {
    return switch (vectors) {
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR ->
          EnumSet.of(Metric.L2, Metric.IP, Metric.COSINE);
      case BINARY_VECTOR -> EnumSet.of(Metric.HAMMING, Metric.JACCARD);
      case SPARSE_FLOAT_VECTOR -> EnumSet.of(Metric.IP);
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          EnumSet.noneOf(Metric.class);
    };
  }

  /** Those of a family that takes floats of 32 or 16 bits. */
  static Set<Metric> metricsOfFloats(DataType vectors) {
    return vectors == DataType.FLOAT_VECTOR || vectors.isHalfVector()
        ? metricsOf(vectors)
        : EnumSet.noneOf(Metric.class);
  }

  /** Metrics that it knows for vectors of a type, none if it does not take the type. */
  Set<Metric> metrics(DataType vectors);

  /** What can be set when an index is made. */
  List<IndexParameter> buildParameters();

  /** What can be set by each search. */
  List<IndexParameter> searchParameters();

  /**
   * Whether the parameters are as they must be; those it does not know are nobody's business.
   *
   * @param dimension of the vectors
   * @throws TidemarkException 1100
   */
  default void checkBuild(Map<String, String> given, int dimension) {
    buildParameters().forEach(parameter -> parameter.check(given));
  }

  /**
   * The search parameters that it knows, checked.
   *
   * @param k hits wanted, offset included
   * @throws TidemarkException 1100
   */
  default Map<String, String> checkSearch(Map<String, String> given, int k) {
    Map<String, String> known = new HashMap<>();
    for (IndexParameter parameter : searchParameters()) {
      String text = given.get(parameter.name());
      if (text == null) {
        continue;
      }
      parameter.check(given);
      if (parameter instanceof IndexParameter.Whole whole && whole.atLeastK()) {
        int value = whole.in(given);
        if (value < k) {
          throw TidemarkException.invalid(
              "Out of range in json: "
                  + whole.name()
                  + "("
                  + value
                  + ") should be larger than k("
                  + k
                  + ")");
        }
      }
      known.put(parameter.name(), text);
    }
    return known;
  }

  /**
   * A query as the index compares it, and exact search has to: the bits of a signature are told in
   * which elements they are.
   *
   * @param parameters of the index
   */
  default QueryVector query(QueryVector given, Map<String, String> parameters) {
    return given;
  }

  /** Vectors that it takes. */
  default Set<DataType> vectorTypes() {
    Set<DataType> types = EnumSet.noneOf(DataType.class);
    for (DataType type : DataType.values()) {
      if (type.isVector() && !metrics(type).isEmpty()) {
        types.add(type);
      }
    }
    return types;
  }

  /**
   * Heap that a build takes beside the vectors, at most about, with what it builds.
   *
   * @param field whose vectors are indexed
   * @param rows of the segment
   * @throws TidemarkException 1100 if what is built of so many rows would be too large
   */
  default long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    return ROW_BYTES * rows;
  }

  /**
   * Heap that an index takes once it is open, at most about, beyond what its file has.
   *
   * @param field whose vectors are indexed
   * @param rows of the segment
   */
  default long openBytes(FieldSchema field, long rows) {
    return 0;
  }

  /**
   * Builds the index of a segment's rows.
   *
   * @param progress hears now and then, on the calling thread, how many rows are done; an exception
   *     it throws ends the build and comes out of here
   * @throws IllegalStateException if the type builds nothing
   * @throws InterruptedException if the calling thread is interrupted; the build ends
   */
  BuiltIndex build(IndexSource source, IntConsumer progress) throws InterruptedException;

  /**
   * Reads an index into the heap and checks it; the file is not needed afterwards.
   *
   * @param vectors of the segment's rows; the same as it was built over
   * @param metric the collection's
   * @throws IOException if the blob is damaged, of an unknown version, or over other rows
   * @throws IllegalStateException if the type builds nothing
   */
  VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException;
}
