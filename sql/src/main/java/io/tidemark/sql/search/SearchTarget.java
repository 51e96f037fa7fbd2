package io.tidemark.sql.search;

import com.google.protobuf.ByteString;
import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.row.FieldDataReader;
import io.tidemark.connectors.row.VectorBytes;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * What is searched, and what of it is given back.
 *
 * @param collection name or alias
 * @param field a vector field
 * @param columns of the rows, before the score
 */
record SearchTarget(
    Endpoint endpoint,
    String database,
    String collection,
    String field,
    DataType type,
    int dimension,
    FieldDataReader columns)
    implements Serializable {
  /**
   * @param names of the fields that are given back, in the rows' order
   * @param types of their columns
   * @throws ValidationException if the field is no vector field, or has sparse ones
   * @throws TidemarkException 1100 for a column that no field can fill
   */
  static SearchTarget of(
      Endpoint endpoint,
      String collection,
      CollectionDescription description,
      String field,
      List<String> names,
      List<LogicalType> types) {
    FieldSchema vector =
        description
            .schema()
            .field(field)
            .filter(found -> found.type().isVector())
            .orElseThrow(() ->
                new ValidationException(
                    "'"
                        + field
                        + "' is no vector field of collection '"
                        + collection
                        + "', expected one of "
                        + description.schema().vectorFields().stream()
                            .map(FieldSchema::name)
                            .toList()));
    if (vector.type() == DataType.SPARSE_FLOAT_VECTOR) {
      throw new ValidationException(
          "field '"
              + field
              + "' of collection '"
              + collection
              + "' has sparse vectors, but queries in SQL are ARRAY<FLOAT>: search it with an SDK, which"
              + " takes sparse queries, alone or beside others in a hybrid search");
    }
    return new SearchTarget(
        endpoint,
        description.database(),
        collection,
        field,
        vector.type(),
        vector.dimension(),
        FieldDataReader.of(description.schema(), names, types));
  }

  /**
   * The query as a request has it.
   *
   * @param array of floats, whatever the field's type; for bits of 0 and 1
   * @throws TidemarkException 1100 for another dimension than the field's, a NULL element, or one
   *     that the field's type cannot hold
   */
  ByteString query(ArrayData array) {
    if (array.size() != dimension) {
      throw TidemarkException.invalid(
          "the query vector has "
              + array.size()
              + " elements, field '"
              + field
              + "' of collection '"
              + collection
              + "' has "
              + dimension);
    }
    float[] query = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      if (array.isNullAt(i)) {
        throw TidemarkException.invalid(
            "element " + i + " of the query vector is NULL, expected a number");
      }
      query[i] = array.getFloat(i);
    }
    return ByteString.copyFrom(
        switch (type) {
          case INT8_VECTOR -> bytes(query);
          case BINARY_VECTOR -> bits(query);
          case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR -> VectorBytes.ofFloats(type, query);
          case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON, SPARSE_FLOAT_VECTOR ->
              throw new IllegalStateException(type + " is not searched");
        });
  }

  private static byte[] bits(float[] query) {
    byte[] bits = new byte[query.length / Byte.SIZE];
    for (int i = 0; i < query.length; i++) {
      if (query[i] != 0 && query[i] != 1) {
        throw TidemarkException.invalid(
            "element "
                + i
                + " of the query vector is "
                + query[i]
                + ", expected 0 or 1, which the field's elements are");
      }
      bits[i >>> 3] |= (byte) ((int) query[i] << (7 - (i & 7)));
    }
    return bits;
  }

  private static byte[] bytes(float[] query) {
    byte[] bytes = new byte[query.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) query[i];
      if (bytes[i] != query[i]) {
        throw TidemarkException.invalid(
            "element "
                + i
                + " of the query vector is "
                + query[i]
                + ", expected a whole number from -128 to 127, which the field's elements are");
      }
    }
    return bytes;
  }
}
