package io.tidemark.serving.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.milvus.grpc.PlaceholderGroup;
import io.milvus.grpc.PlaceholderType;
import io.milvus.grpc.PlaceholderValue;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The query vectors of a search: a serialized placeholder group whose values are little-endian
 * bytes of the field's own type.
 */
public final class Placeholders {
  private Placeholders() {}

  /**
   * @return one vector per query, at least one
   * @throws TidemarkException 1100 for another type than the field's, a wrong dimension (with the
   *     query's number), NaN or infinity, or a number of queries out of range
   */
  public static List<QueryVector> read(ByteString bytes, FieldSchema field) {
    PlaceholderGroup group;
    try {
      group = PlaceholderGroup.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw TidemarkException.invalid(
          "the query vectors are no serialized PlaceholderGroup: " + e.getMessage());
    }
    int queries =
        group.getPlaceholdersList().stream().mapToInt(PlaceholderValue::getValuesCount).sum();
    checkQueries(queries);
    List<QueryVector> vectors = new ArrayList<>(queries);
    for (PlaceholderValue value : group.getPlaceholdersList()) {
      if (value.getType() != VectorFields.placeholder(field.type())) {
        throw TidemarkException.invalid(
            "vector type must be the same, field "
                + field.name()
                + " - type "
                + SchemaReader.wireName(field.type())
                + ", search info type "
                + (value.getType() == PlaceholderType.UNRECOGNIZED
                    ? value.getTypeValue()
                    : value.getType()));
      }
      for (ByteString vector : value.getValuesList()) {
        vectors.add(vector(vector, field, vectors.size()));
      }
    }
    return vectors;
  }

  /**
   * @throws TidemarkException 1100
   */
  public static void checkQueries(long queries) {
    if (queries < 1 || queries > ProtocolLimits.QUERIES_MAX) {
      throw TidemarkException.invalid(
          "nq ["
              + queries
              + "] is invalid, nq (number of search vector per search request) should be in range [1, "
              + ProtocolLimits.QUERIES_MAX
              + "], but got "
              + queries);
    }
  }

  private static QueryVector vector(ByteString bytes, FieldSchema field, int query) {
    if (field.type() == DataType.SPARSE_FLOAT_VECTOR) {
      ByteBuffer row = bytes.asReadOnlyByteBuffer().slice();
      SparseRow.fault(row)
          .ifPresent(fault -> {
            throw TidemarkException.invalid(
                fault + ": query vector " + query + " for field " + field.name());
          });
      return SparseQuery.of(row);
    }
    int expected = field.type().vectorBytes(field.dimension());
    if (bytes.size() != expected) {
      throw TidemarkException.invalid(
          "vector dimension mismatch, expected vector size(byte) "
              + expected
              + ", actual "
              + bytes.size()
              + ": query vector "
              + query
              + " for field "
              + field.name()
              + " of dim "
              + field.dimension());
    }
    if (field.type() == DataType.BINARY_VECTOR) {
      return new BinaryQuery(bytes.toByteArray());
    }
    float[] vector = new float[field.dimension()];
    VectorFields.widen(field.type(), bytes, vector);
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        throw TidemarkException.invalid(
            "query vector "
                + query
                + " for field "
                + field.name()
                + " has "
                + vector[i]
                + " at "
                + i
                + ", expected finite numbers");
      }
    }
    return new DenseQuery(vector);
  }
}
