package io.tidemark.connectors.row;

import com.google.protobuf.ByteString;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryArrayData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * Takes Flink's rows apart and checks each value against its field, so that a bad row is named
 * before it is sent. Copies what it keeps: the caller may reuse the row. Not thread-safe.
 */
public final class RowDataReader {
  private static final int SCALAR_BYTES = Long.BYTES;
  private static final @Nullable Object[] NONE = new Object[0];

  private final RowLayout layout;

  public RowDataReader(RowLayout layout) {
    this.layout = layout;
  }

  /**
   * @return the change; null for an UPDATE_BEFORE, whose UPDATE_AFTER says all
   * @throws BadRowException naming row and column
   */
  public @Nullable RowChange read(RowData row) throws BadRowException {
    if (row.getRowKind() == RowKind.UPDATE_BEFORE) {
      return null;
    }
    Object key = key(row);
    if (row.getRowKind() == RowKind.DELETE) {
      if (key == null) {
        throw new BadRowException(
            "a deletion came, but the keys of the collection are made by the server and are not in the rows:"
                + " write only additions to it, or delete with DELETE FROM");
      }
      return new RowChange(key, true, "", NONE, SCALAR_BYTES + bytesOf(key));
    }
    int bytes = 0;
    @Nullable Object[] values = new Object[layout.fields().size()];
    for (int i = 0; i < values.length; i++) {
      RowLayout.Column column = layout.fields().get(i);
      Object value =
          row.isNullAt(column.position()) ? absent(column, key) : value(row, column, key);
      values[i] = value;
      bytes += bytesOf(value);
    }
    return new RowChange(key, false, partition(row), values, bytes);
  }

  private String partition(RowData row) {
    int position = layout.partition();
    return position < 0 || row.isNullAt(position) ? "" : row.getString(position).toString();
  }

  private @Nullable Object key(RowData row) throws BadRowException {
    RowLayout.Column column = layout.key().orElse(null);
    if (column == null) {
      return null;
    }
    if (row.isNullAt(column.position())) {
      throw bad(null, column, "is null, but it is the primary key: give every row a key");
    }
    return RowLayout.isText(column.type())
        ? row.getString(column.position()).toString()
        : (Object) integer(row, column);
  }

  private static @Nullable Object absent(RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    FieldSchema field = column.field();
    if (field.nullable() || field.defaultValue() != null || field.dynamic()) {
      return null;
    }
    throw bad(
        key,
        column,
        "is null, but the field is neither nullable nor has a default: give a value, or filter such rows out");
  }

  private static Object value(RowData row, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    int position = column.position();
    return switch (column.field().type()) {
      case BOOL -> row.getBoolean(position);
      case INT8 -> integer(row, column, Byte.MIN_VALUE, Byte.MAX_VALUE, key);
      case INT16 -> integer(row, column, Short.MIN_VALUE, Short.MAX_VALUE, key);
      case INT32 -> integer(row, column, Integer.MIN_VALUE, Integer.MAX_VALUE, key);
      case INT64 -> integer(row, column);
      case FLOAT -> (float) finite(row.getFloat(position), column, key);
      case DOUBLE -> finite(floating(row, column), column, key);
      case VARCHAR -> text(row, column, key);
      case JSON -> ByteString.copyFrom(row.getString(position).toBytes());
      case FLOAT_VECTOR -> vector(row.getArray(position), column, key);
      case FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          VectorBytes.ofFloats(column.field().type(), vector(row.getArray(position), column, key));
      case INT8_VECTOR -> {
        ArrayData array = row.getArray(position);
        checkWhole(array, column, key);
        yield array.toByteArray();
      }
      case BINARY_VECTOR -> bits(row.getBinary(position), column, key);
      case SPARSE_FLOAT_VECTOR -> sparse(row.getMap(position), column, key);
    };
  }

  private static double floating(RowData row, RowLayout.Column column) {
    return switch (column.type().getTypeRoot()) {
      case FLOAT -> row.getFloat(column.position());
      default -> row.getDouble(column.position());
    };
  }

  private static long integer(RowData row, RowLayout.Column column) {
    int position = column.position();
    LogicalType type = column.type();
    return switch (type.getTypeRoot()) {
      case TINYINT -> row.getByte(position);
      case SMALLINT -> row.getShort(position);
      case INTEGER -> row.getInt(position);
      default -> row.getLong(position);
    };
  }

  private static int integer(
      RowData row, RowLayout.Column column, int min, int max, @Nullable Object key)
      throws BadRowException {
    long value = integer(row, column);
    if (value < min || value > max) {
      throw bad(key, column, "is " + value + ", outside [" + min + ", " + max + "]");
    }
    return (int) value;
  }

  private static double finite(double value, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    if (!Double.isFinite(value)) {
      throw bad(key, column, "is " + value + ": only finite numbers can be stored");
    }
    return value;
  }

  private static ByteString text(RowData row, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    byte[] text = row.getString(column.position()).toBytes();
    int limit = column.field().maxLength();
    if (text.length > limit) {
      throw bad(
          key,
          column,
          "has "
              + text.length
              + " bytes of UTF-8, the limit is "
              + limit
              + ": shorten it, or declare the column longer");
    }
    return ByteString.copyFrom(text);
  }

  private static void checkWhole(ArrayData array, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    int dimension = column.field().dimension();
    if (array.size() != dimension) {
      throw bad(
          key,
          column,
          "has "
              + array.size()
              + " values, the dimension is "
              + dimension
              + ": give vectors of that dimension");
    }
    int missing = firstNull(array);
    if (missing >= 0) {
      throw bad(key, column, "has no value at position " + missing + ": give every value");
    }
  }

  private static byte[] sparse(MapData map, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    try {
      return SparseMaps.row(map);
    } catch (IllegalArgumentException e) {
      throw bad(key, column, String.valueOf(e.getMessage()));
    }
  }

  private static byte[] bits(byte[] bytes, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    int dimension = column.field().dimension();
    if (bytes.length != dimension / Byte.SIZE) {
      throw bad(
          key,
          column,
          "has "
              + bytes.length
              + " bytes, the dimension is "
              + dimension
              + ": give vectors of "
              + dimension / Byte.SIZE
              + " bytes");
    }
    return bytes;
  }

  private static float[] vector(ArrayData array, RowLayout.Column column, @Nullable Object key)
      throws BadRowException {
    checkWhole(array, column, key);
    float[] vector = array.toFloatArray();
    DataType type = column.field().type();
    for (int i = 0; i < vector.length; i++) {
      if (Float.isFinite(vector[i]) && !Float.isFinite(VectorBytes.rounded(type, vector[i]))) {
        throw bad(
            key,
            column,
            "is " + vector[i] + " at position " + i + ", more than a " + type + " can hold");
      }
      if (!Float.isFinite(vector[i])) {
        throw bad(
            key,
            column,
            "is " + vector[i] + " at position " + i + ": only finite numbers can be stored");
      }
    }
    return vector;
  }

  /** -1 if there is none. */
  private static int firstNull(ArrayData array) {
    if (array instanceof BinaryArrayData binary && !binary.anyNull()) {
      return -1;
    }
    for (int i = 0; i < array.size(); i++) {
      if (array.isNullAt(i)) {
        return i;
      }
    }
    return -1;
  }

  private static int bytesOf(@Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case ByteString text -> text.size() + 2;
      case String text -> text.getBytes(StandardCharsets.UTF_8).length + 2;
      case float[] vector -> vector.length * Float.BYTES;
      case byte[] vector -> vector.length;
      default -> SCALAR_BYTES;
    };
  }

  private static BadRowException bad(@Nullable Object key, RowLayout.Column column, String what) {
    return new BadRowException(nameOf(key) + ": column '" + column.field().name() + "' " + what);
  }

  /** How messages name a row. */
  public static String nameOf(@Nullable Object key) {
    return key == null ? "a row without key" : "the row with key " + key;
  }
}
