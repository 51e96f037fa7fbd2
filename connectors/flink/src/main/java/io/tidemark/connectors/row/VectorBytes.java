package io.tidemark.connectors.row;

import com.google.protobuf.ByteString;
import io.milvus.grpc.PlaceholderType;
import io.milvus.grpc.VectorField;
import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Vectors between Flink's arrays and the wire. Flink has vectors of 16-bit floats as
 * ARRAY&lt;FLOAT&gt;, those of bytes as ARRAY&lt;TINYINT&gt; and those of bits as BYTES; on the
 * wire they are bytes, row after row. Stateless.
 */
public final class VectorBytes {
  private VectorBytes() {}

  /**
   * One vector on the wire.
   *
   * @param type FLOAT_VECTOR or one of 16-bit floats, to which the values are rounded
   */
  public static byte[] ofFloats(DataType type, float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(type.vectorBytes(vector.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : vector) {
      switch (type) {
        case FLOAT_VECTOR -> bytes.putFloat(value);
        case FLOAT16_VECTOR -> bytes.putShort(HalfFloats.toHalf(value));
        case BFLOAT16_VECTOR -> bytes.putShort(HalfFloats.toBrain(value));
        case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
            throw new IllegalArgumentException(type + " has no floats");
        case INT8_VECTOR, SPARSE_FLOAT_VECTOR, BINARY_VECTOR ->
            throw new IllegalArgumentException(type + " has no floats");
      }
    }
    return bytes.array();
  }

  /** What the type makes of a number; an infinity if it is too large for it. */
  public static float rounded(DataType type, float value) {
    return switch (type) {
      case FLOAT16_VECTOR -> HalfFloats.ofHalf(HalfFloats.toHalf(value));
      case BFLOAT16_VECTOR -> HalfFloats.ofBrain(HalfFloats.toBrain(value));
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON -> value;
      case FLOAT_VECTOR, INT8_VECTOR, SPARSE_FLOAT_VECTOR, BINARY_VECTOR -> value;
    };
  }

  /** Puts the vectors of a column, row after row, where the type has them in a request. */
  static VectorField.Builder set(VectorField.Builder field, DataType type, ByteString bytes) {
    return switch (type) {
      case FLOAT16_VECTOR -> field.setFloat16Vector(bytes);
      case BFLOAT16_VECTOR -> field.setBfloat16Vector(bytes);
      case INT8_VECTOR -> field.setInt8Vector(bytes);
      case BINARY_VECTOR -> field.setBinaryVector(bytes);
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalArgumentException(type + " is not sent as bytes of all rows");
      case FLOAT_VECTOR, SPARSE_FLOAT_VECTOR ->
          throw new IllegalArgumentException(type + " is not sent as bytes of all rows");
    };
  }

  /** The type of a query for such a field. */
  public static PlaceholderType placeholder(DataType type) {
    return switch (type) {
      case FLOAT_VECTOR -> PlaceholderType.FloatVector;
      case FLOAT16_VECTOR -> PlaceholderType.Float16Vector;
      case BFLOAT16_VECTOR -> PlaceholderType.BFloat16Vector;
      case INT8_VECTOR -> PlaceholderType.Int8Vector;
      case BINARY_VECTOR -> PlaceholderType.BinaryVector;
      case SPARSE_FLOAT_VECTOR -> PlaceholderType.SparseFloatVector;
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalArgumentException(type + " is no vector");
    };
  }

  /**
   * A row of an answer.
   *
   * @param place of the row among those that have a vector
   * @return float[], or byte[] for INT8_VECTOR, BINARY_VECTOR and SPARSE_FLOAT_VECTOR
   */
  public static Object read(VectorField field, DataType type, int dimension, int place) {
    return switch (type) {
      case FLOAT_VECTOR -> {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          vector[i] = field.getFloatVector().getData(place * dimension + i);
        }
        yield vector;
      }
      case FLOAT16_VECTOR -> {
        ByteBuffer bytes = shorts(field.getFloat16Vector(), dimension, place);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          vector[i] = HalfFloats.ofHalf(bytes.getShort(2 * i));
        }
        yield vector;
      }
      case BFLOAT16_VECTOR -> {
        ByteBuffer bytes = shorts(field.getBfloat16Vector(), dimension, place);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          vector[i] = HalfFloats.ofBrain(bytes.getShort(2 * i));
        }
        yield vector;
      }
      case INT8_VECTOR -> row(field.getInt8Vector(), type, dimension, place).toByteArray();
      case BINARY_VECTOR -> row(field.getBinaryVector(), type, dimension, place).toByteArray();
      case SPARSE_FLOAT_VECTOR -> field.getSparseFloatVector().getContents(place).toByteArray();
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalArgumentException(type + " is no vector");
    };
  }

  private static ByteString row(ByteString all, DataType type, int dimension, int place) {
    int rowBytes = type.vectorBytes(dimension);
    return all.substring(place * rowBytes, (place + 1) * rowBytes);
  }

  private static ByteBuffer shorts(ByteString all, int dimension, int place) {
    return row(all, DataType.FLOAT16_VECTOR, dimension, place)
        .asReadOnlyByteBuffer()
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
