package io.tidemark.serving.wire;

import com.google.protobuf.ByteString;
import io.milvus.grpc.PlaceholderType;
import io.milvus.grpc.SparseFloatArray;
import io.milvus.grpc.VectorField;
import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.column.SparseVectorColumn;
import io.tidemark.model.schema.DataType;
import java.nio.ByteOrder;

/**
 * Where the wire has the vectors of each type, and what their bytes are: row after row, {@link
 * DataType#vectorBytes} each, little-endian; of sparse ones a list of rows, as {@link SparseRow}
 * says. Stateless.
 */
final class VectorFields {
  private VectorFields() {}

  /** Of a type that is sent as bytes, and not as floats. */
  static VectorField.DataCase dataCase(DataType type) {
    return switch (type) {
      case FLOAT_VECTOR -> VectorField.DataCase.FLOAT_VECTOR;
      case FLOAT16_VECTOR -> VectorField.DataCase.FLOAT16_VECTOR;
      case BFLOAT16_VECTOR -> VectorField.DataCase.BFLOAT16_VECTOR;
      case INT8_VECTOR -> VectorField.DataCase.INT8_VECTOR;
      case BINARY_VECTOR -> VectorField.DataCase.BINARY_VECTOR;
      case SPARSE_FLOAT_VECTOR -> VectorField.DataCase.SPARSE_FLOAT_VECTOR;
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON -> throw scalar(type);
    };
  }

  static PlaceholderType placeholder(DataType type) {
    return switch (type) {
      case FLOAT_VECTOR -> PlaceholderType.FloatVector;
      case FLOAT16_VECTOR -> PlaceholderType.Float16Vector;
      case BFLOAT16_VECTOR -> PlaceholderType.BFloat16Vector;
      case INT8_VECTOR -> PlaceholderType.Int8Vector;
      case BINARY_VECTOR -> PlaceholderType.BinaryVector;
      case SPARSE_FLOAT_VECTOR -> PlaceholderType.SparseFloatVector;
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON -> throw scalar(type);
    };
  }

  /** The bytes of all rows that were sent. */
  static ByteString bytes(VectorField field, DataType type) {
    return switch (type) {
      case FLOAT16_VECTOR -> field.getFloat16Vector();
      case BFLOAT16_VECTOR -> field.getBfloat16Vector();
      case INT8_VECTOR -> field.getInt8Vector();
      case BINARY_VECTOR -> field.getBinaryVector();
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON -> throw scalar(type);
      case FLOAT_VECTOR, SPARSE_FLOAT_VECTOR -> throw scalar(type);
    };
  }

  /** Whether not one vector was sent. */
  static boolean isEmpty(VectorField field, DataType type) {
    return switch (type) {
      case FLOAT_VECTOR -> field.getFloatVector().getDataCount() == 0;
      case SPARSE_FLOAT_VECTOR -> field.getSparseFloatVector().getContentsCount() == 0;
      case FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          bytes(field, type).isEmpty();
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON -> throw scalar(type);
    };
  }

  /** Only of the rows that have a vector. */
  static VectorField write(PackedVectorColumn column) {
    byte[] row = new byte[column.rowBytes()];
    ByteString.Output out = ByteString.newOutput(row.length * column.size());
    for (int i = 0; i < column.size(); i++) {
      if (!column.isNull(i)) {
        column.copyTo(i, row, 0);
        out.write(row, 0, row.length);
      }
    }
    ByteString bytes = out.toByteString();
    VectorField.Builder field = VectorField.newBuilder().setDim(column.dimension());
    return switch (column.type()) {
      case FLOAT16_VECTOR -> field.setFloat16Vector(bytes).build();
      case BFLOAT16_VECTOR -> field.setBfloat16Vector(bytes).build();
      case INT8_VECTOR -> field.setInt8Vector(bytes).build();
      case BINARY_VECTOR -> field.setBinaryVector(bytes).build();
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw scalar(column.type());
      case FLOAT_VECTOR, SPARSE_FLOAT_VECTOR -> throw scalar(column.type());
    };
  }

  /** Only of the rows that have a vector; the dimension is the largest of these rows. */
  static VectorField write(SparseVectorColumn column) {
    SparseFloatArray.Builder array = SparseFloatArray.newBuilder();
    long dimension = 0;
    for (int i = 0; i < column.size(); i++) {
      if (column.isNull(i)) {
        continue;
      }
      array.addContents(ByteString.copyFrom(column.bytes(i)));
      if (column.count(i) > 0) {
        int last = SparseRow.index(column.slice(i), column.count(i) - 1);
        dimension = Math.max(dimension, Integer.toUnsignedLong(last) + 1);
      }
    }
    return VectorField.newBuilder()
        .setDim(dimension)
        .setSparseFloatVector(array.setDim(dimension))
        .build();
  }

  /**
   * The elements of one vector of numbers, exactly.
   *
   * @param bytes {@link DataType#vectorBytes} of the target's length
   */
  static void widen(DataType type, ByteString bytes, float[] target) {
    var buffer = bytes.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < target.length; i++) {
      target[i] =
          switch (type) {
            case FLOAT_VECTOR -> buffer.getFloat(i * Float.BYTES);
            case FLOAT16_VECTOR -> HalfFloats.ofHalf(buffer.getShort(i * Short.BYTES));
            case BFLOAT16_VECTOR -> HalfFloats.ofBrain(buffer.getShort(i * Short.BYTES));
            case INT8_VECTOR -> buffer.get(i);
            case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
                throw scalar(type);
            case BINARY_VECTOR, SPARSE_FLOAT_VECTOR -> throw scalar(type);
          };
    }
  }

  private static IllegalArgumentException scalar(DataType type) {
    return new IllegalArgumentException(type + " is not sent as a vector's bytes");
  }
}
