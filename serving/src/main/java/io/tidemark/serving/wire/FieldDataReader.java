package io.tidemark.serving.wire;

import com.google.protobuf.ByteString;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.ScalarField.DataCase;
import io.milvus.grpc.SparseFloatArray;
import io.milvus.grpc.VectorField;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.column.Validity;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One column of an insert, checked value by value. Rows that {@code valid_data} marks as missing
 * take the field's default, or null; their places may be left out of the data, or filled with
 * anything.
 */
final class FieldDataReader {
  /** Rows that are marked as null cost nothing to send: what they take here is limited. */
  private static final int BYTES_MAX = 1 << 30;

  private final FieldData data;
  private final FieldSchema field;
  private final int rows;

  /**
   * Clients that know no missing vectors send none and no {@code valid_data} if all are missing.
   */
  private final boolean allMissing;

  private FieldDataReader(FieldData data, FieldSchema field, int rows) {
    this.data = data;
    this.field = field;
    this.rows = rows;
    this.allMissing =
        field.type().isVector()
            && field.nullable()
            && data.getValidDataCount() == 0
            && VectorFields.isEmpty(data.getVectors(), field.type());
  }

  /**
   * @throws TidemarkException 1100, with field and row
   */
  static Column read(FieldData data, FieldSchema field, int rows) {
    return new FieldDataReader(data, field, rows).read();
  }

  private Column read() {
    int type = data.getTypeValue();
    if (type != 0 && type != field.type().number()) {
      throw TidemarkException.invalid(
          "field "
              + field.name()
              + ": the data has type "
              + data.getType()
              + ", the schema "
              + SchemaReader.wireName(field.type()));
    }
    if (field.type().isVector()) {
      return vectors();
    }
    if (!data.hasScalars()) {
      throw wrongData(data.getFieldCase());
    }
    ScalarField values = data.getScalars();
    return switch (field.type()) {
      case BOOL ->
          scalars(
              values,
              DataCase.BOOL_DATA,
              values.getBoolData().getDataCount(),
              values.getBoolData()::getData);
      case INT8 -> integers(values, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case INT16 -> integers(values, Short.MIN_VALUE, Short.MAX_VALUE);
      case INT32 -> integers(values, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 ->
          scalars(
              values,
              DataCase.LONG_DATA,
              values.getLongData().getDataCount(),
              values.getLongData()::getData);
      case FLOAT ->
          scalars(
              values,
              DataCase.FLOAT_DATA,
              values.getFloatData().getDataCount(),
              i -> finite(values.getFloatData().getData(i), i));
      case DOUBLE ->
          scalars(
              values,
              DataCase.DOUBLE_DATA,
              values.getDoubleData().getDataCount(),
              i -> finite(values.getDoubleData().getData(i), i));
      case VARCHAR ->
          scalars(
              values,
              DataCase.STRING_DATA,
              values.getStringData().getDataCount(),
              i -> text(values.getStringData().getData(i), i));
      case JSON ->
          scalars(
              values,
              DataCase.JSON_DATA,
              values.getJsonData().getDataCount(),
              i -> json(values.getJsonData().getData(i).toByteArray(), i));
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          throw new IllegalStateException("a vector is no scalar");
      case SPARSE_FLOAT_VECTOR -> throw new IllegalStateException("a vector is no scalar");
    };
  }

  private Column integers(ScalarField values, long min, long max) {
    return scalars(
        values,
        DataCase.INT_DATA,
        values.getIntData().getDataCount(),
        i -> {
          int value = values.getIntData().getData(i);
          if (value < min || value > max) {
            throw Reasons.invalid(
                "in [" + min + ", " + max + "]",
                value,
                "field "
                    + field.name()
                    + ": the "
                    + i
                    + "th element ("
                    + value
                    + ") out of range: ["
                    + min
                    + ", "
                    + max
                    + "]");
          }
          return value;
        });
  }

  private Column scalars(
      ScalarField values, DataCase expected, int count, IntFunction<Object> valueAt) {
    // An empty list may come without its type: all its rows are missing.
    if (values.getDataCase() != expected && values.getDataCase() != DataCase.DATA_NOT_SET) {
      throw wrongData(values.getDataCase());
    }
    boolean spread = checkCounts(count);
    ColumnBuilder builder = new ColumnBuilder(field);
    int next = 0;
    for (int row = 0; row < rows; row++) {
      if (isValid(row)) {
        builder.append(valueAt.apply(spread ? row : next));
        next++;
      } else {
        builder.append(field.defaultValue());
      }
    }
    return builder.build();
  }

  private boolean isValid(int row) {
    return !allMissing && (data.getValidDataCount() == 0 || data.getValidData(row));
  }

  /** Whether the data has a place for each row, and not only for the valid ones. */
  private boolean checkCounts(int count) {
    int marks = data.getValidDataCount();
    if (marks != 0 && marks != rows) {
      throw Reasons.invalid(
          rows, marks, "the length of valid_data of field(" + field.name() + ") is wrong");
    }
    int valid = allMissing ? 0 : rows;
    if (marks != 0) {
      valid = (int) data.getValidDataList().stream().filter(Boolean::booleanValue).count();
    }
    if (valid < rows && !field.nullable() && field.defaultValue() == null) {
      int row = data.getValidDataList().indexOf(false);
      throw TidemarkException.invalid(
          "field "
              + field.name()
              + ": row "
              + row
              + " is null, but the field is neither nullable nor has a default");
    }
    if (count != rows && count != valid) {
      throw Reasons.invalid(
          rows,
          count,
          "the num_rows ("
              + count
              + ") of field ("
              + field.name()
              + ") is not equal to passed num_rows ("
              + rows
              + ")");
    }
    return count == rows;
  }

  private double finite(double value, int index) {
    if (!Double.isFinite(value)) {
      throw TidemarkException.invalid(
          "value '"
              + value
              + "' is not a number or infinity: field "
              + field.name()
              + ", row "
              + index);
    }
    return value;
  }

  private byte[] text(String value, int index) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > field.maxLength()) {
      throw TidemarkException.invalid(
          "length of varchar field "
              + field.name()
              + " exceeds max length, row number: "
              + index
              + ", length: "
              + bytes.length
              + ", max length: "
              + field.maxLength());
    }
    return bytes;
  }

  private byte[] json(byte[] document, int index) {
    JsonDocuments.check(document, "field (" + field.name() + "), row " + index);
    return document;
  }

  private Column vectors() {
    VectorField vectors = data.getVectors();
    DataType type = field.type();
    if (!data.hasVectors() || vectors.getDataCase() != VectorFields.dataCase(type)) {
      throw wrongData(data.hasVectors() ? vectors.getDataCase() : data.getFieldCase());
    }
    if (type == DataType.SPARSE_FLOAT_VECTOR) {
      return sparse(vectors.getSparseFloatVector());
    }
    checkDimension(vectors.getDim());
    if (type == DataType.FLOAT_VECTOR) {
      return floats(vectors.getFloatVector());
    }
    return packed(VectorFields.bytes(vectors, type));
  }

  /** The dimension that clients tell is the largest of their rows and says nothing. */
  private Column sparse(SparseFloatArray given) {
    boolean spread = checkCounts(given.getContentsCount());
    ColumnBuilder builder = new ColumnBuilder(field);
    int next = 0;
    for (int row = 0; row < rows; row++) {
      if (!isValid(row)) {
        builder.append(null);
        continue;
      }
      int place = spread ? row : next;
      next++;
      byte[] bytes = given.getContents(place).toByteArray();
      int current = row;
      SparseRow.fault(ByteBuffer.wrap(bytes))
          .ifPresent(fault -> {
            throw TidemarkException.invalid(fault + ": field " + field.name() + ", row " + current);
          });
      builder.append(bytes);
    }
    return builder.build();
  }

  private void checkDimension(long given) {
    int dimension = field.dimension();
    if (given != 0 && given != dimension) {
      throw Reasons.invalid(
          dimension,
          given,
          "field "
              + field.name()
              + ": row 0 has "
              + given
              + " values, the dim ("
              + given
              + ") of field data("
              + field.name()
              + ") is not equal to schema dim ("
              + dimension
              + ")");
    }
  }

  private Column floats(FloatArray given) {
    int dimension = field.dimension();
    int count = given.getDataCount();
    if (count % dimension != 0) {
      throw Reasons.invalid(
          "a multiple of " + dimension,
          count,
          "field "
              + field.name()
              + ": the length ("
              + count
              + ") of float data is no multiple of the dim ("
              + dimension
              + "), each vector takes "
              + dimension
              + " values");
    }
    boolean spread = checkCounts(count / dimension);
    checkRoom();
    float[] values = new float[rows * dimension];
    BitSet nulls = new BitSet();
    int next = 0;
    for (int row = 0; row < rows; row++) {
      if (isValid(row)) {
        copyFinite(given, spread ? row : next, values, row);
        next++;
      } else {
        nulls.set(row);
      }
    }
    return FloatVectorColumn.of(values, dimension, Validity.without(nulls, rows));
  }

  private void checkRoom() {
    int rowBytes = field.type().vectorBytes(field.dimension());
    if ((long) rows * rowBytes > BYTES_MAX) {
      throw Reasons.invalid(
          BYTES_MAX / rowBytes,
          rows,
          "field "
              + field.name()
              + " of dim "
              + field.dimension()
              + ": too many rows in one request, give fewer or leave the field out");
    }
  }

  private Column packed(ByteString given) {
    int rowBytes = field.type().vectorBytes(field.dimension());
    if (given.size() % rowBytes != 0) {
      throw Reasons.invalid(
          "a multiple of " + rowBytes,
          given.size(),
          "field "
              + field.name()
              + ": the length ("
              + given.size()
              + ") of the data in bytes is no multiple of "
              + rowBytes
              + ", which each vector of dim "
              + field.dimension()
              + " takes");
    }
    boolean spread = checkCounts(given.size() / rowBytes);
    checkRoom();
    ByteBuffer bytes = given.asReadOnlyByteBuffer().slice();
    byte[] values = new byte[Math.multiplyExact(rows, rowBytes)];
    BitSet nulls = new BitSet();
    int next = 0;
    for (int row = 0; row < rows; row++) {
      if (isValid(row)) {
        bytes.get((spread ? row : next) * rowBytes, values, row * rowBytes, rowBytes);
        next++;
      } else {
        nulls.set(row);
      }
    }
    PackedVectorColumn column =
        PackedVectorColumn.wrap(
            field.type(),
            ByteBuffer.wrap(values),
            field.dimension(),
            Validity.without(nulls, rows));
    if (field.type().isHalfVector()) {
      checkFinite(column);
    }
    return column;
  }

  private void checkFinite(PackedVectorColumn column) {
    for (int row = 0; row < rows; row++) {
      float[] vector = column.floats(row);
      for (int i = 0; i < vector.length; i++) {
        if (!Float.isFinite(vector[i])) {
          throw notFinite(vector[i], row, i);
        }
      }
    }
  }

  private void copyFinite(FloatArray from, int place, float[] values, int row) {
    int dimension = field.dimension();
    for (int i = 0; i < dimension; i++) {
      float value = from.getData(place * dimension + i);
      if (!Float.isFinite(value)) {
        throw notFinite(value, row, i);
      }
      values[row * dimension + i] = value;
    }
  }

  private TidemarkException notFinite(float value, int row, int position) {
    return TidemarkException.invalid(
        "value '"
            + value
            + "' is not a number or infinity: field "
            + field.name()
            + ", row "
            + row
            + ", position "
            + position);
  }

  private TidemarkException wrongData(@Nullable Object seen) {
    return TidemarkException.invalid(
        "field "
            + field.name()
            + " of type "
            + SchemaReader.wireName(field.type())
            + " got data of another type: "
            + seen);
  }
}
