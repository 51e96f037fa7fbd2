package io.tidemark.connectors.row;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Types of fields as Flink's, and back.
 *
 * <pre>
 * Bool BOOLEAN · Int8 TINYINT · Int16 SMALLINT · Int32 INT · Int64 BIGINT · Float FLOAT ·
 * Double DOUBLE · VarChar(n) VARCHAR(n) · JSON STRING · FloatVector, Float16Vector,
 * BFloat16Vector ARRAY&lt;FLOAT&gt; · Int8Vector ARRAY&lt;TINYINT&gt; · BinaryVector BYTES ·
 * SparseFloatVector MAP&lt;BIGINT, FLOAT&gt;
 * </pre>
 */
public final class FieldTypes {
  private FieldTypes() {}

  /** NOT NULL unless the field is nullable. */
  public static LogicalType logicalType(FieldSchema field) {
    boolean nullable = field.nullable() || field.dynamic();
    return switch (field.type()) {
      case BOOL -> new BooleanType(nullable);
      case INT8 -> new TinyIntType(nullable);
      case INT16 -> new SmallIntType(nullable);
      case INT32 -> new IntType(nullable);
      case INT64 -> new BigIntType(nullable);
      case FLOAT -> new FloatType(nullable);
      case DOUBLE -> new DoubleType(nullable);
      case VARCHAR -> new VarCharType(nullable, field.maxLength());
      case JSON -> new VarCharType(nullable, VarCharType.MAX_LENGTH);
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          new ArrayType(nullable, new FloatType());
      case INT8_VECTOR -> new ArrayType(nullable, new TinyIntType());
      case BINARY_VECTOR -> new VarBinaryType(nullable, VarBinaryType.MAX_LENGTH);
      case SPARSE_FLOAT_VECTOR -> SparseMaps.type(nullable);
    };
  }

  /** In the schema's order; the dynamic field, last, is the column {@code $meta}. */
  public static RowType rowType(CollectionSchema schema) {
    return new RowType(
        false,
        schema.fields().stream()
            .map(field ->
                new RowType.RowField(field.name(), logicalType(field), field.description()))
            .toList());
  }

  /**
   * The type of the field that a column of that type makes.
   *
   * @param json whether a STRING column holds JSON
   * @throws TidemarkException 1100, naming the column and the way out
   */
  public static DataType dataType(String column, LogicalType type, boolean json) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> DataType.BOOL;
      case TINYINT -> DataType.INT8;
      case SMALLINT -> DataType.INT16;
      case INTEGER -> DataType.INT32;
      case BIGINT -> DataType.INT64;
      case FLOAT -> DataType.FLOAT;
      case DOUBLE -> DataType.DOUBLE;
      case CHAR, VARCHAR -> json ? DataType.JSON : DataType.VARCHAR;
      case ARRAY -> {
        LogicalType element = ((ArrayType) type).getElementType();
        if (element instanceof TinyIntType) {
          yield DataType.INT8_VECTOR;
        }
        if (!(element instanceof FloatType)) {
          throw unknown(
              column,
              type,
              "ARRAY<FLOAT> or ARRAY<TINYINT> holds a vector, other arrays go into JSON");
        }
        yield DataType.FLOAT_VECTOR;
      }
      case DATE, TIME_WITHOUT_TIME_ZONE -> throw unknown(column, type, "store it as STRING or INT");
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          throw unknown(column, type, "store it as BIGINT milliseconds, or as STRING");
      case DECIMAL -> throw unknown(column, type, "store it as DOUBLE, BIGINT or STRING");
      case BINARY, VARBINARY -> DataType.BINARY_VECTOR;
      case MAP -> {
        if (!SparseMaps.fits(type)) {
          throw unknown(
              column,
              type,
              "MAP<BIGINT, FLOAT> holds a sparse vector, other maps go into STRING with 'type."
                  + column
                  + "'='JSON'");
        }
        yield DataType.SPARSE_FLOAT_VECTOR;
      }
      case MULTISET, ROW, STRUCTURED_TYPE, VARIANT ->
          throw unknown(column, type, "store it as STRING with 'type." + column + "'='JSON'");
      default -> throw unknown(column, type, "store it as STRING");
    };
  }

  /** The length in bytes of a VARCHAR field for that column: STRING is as long as fields can be. */
  public static int maxLength(String column, LogicalType type) {
    int length =
        switch (type) {
          case VarCharType text -> text.getLength();
          case CharType text -> text.getLength();
          default -> throw new IllegalArgumentException(column + " is no text: " + type);
        };
    if (length == VarCharType.MAX_LENGTH) {
      return FieldSchema.MAX_LENGTH_MAX;
    }
    if (length < 1 || length > FieldSchema.MAX_LENGTH_MAX) {
      throw TidemarkException.invalid(
          "column '"
              + column
              + "' is VARCHAR("
              + length
              + "), the longest is VARCHAR("
              + FieldSchema.MAX_LENGTH_MAX
              + "), which STRING stands for");
    }
    return length;
  }

  /**
   * @param type of a column that is to have the field's values
   * @throws TidemarkException 1100, naming the column, if it does not hold each of them
   */
  public static void checkHolds(FieldSchema field, LogicalType type) {
    LogicalTypeRoot root = type.getTypeRoot();
    boolean holds =
        switch (field.type()) {
          case BOOL -> root == LogicalTypeRoot.BOOLEAN;
          case INT8 -> width(root) >= Byte.BYTES;
          case INT16 -> width(root) >= Short.BYTES;
          case INT32 -> width(root) >= Integer.BYTES;
          case INT64 -> width(root) >= Long.BYTES;
          case FLOAT -> root == LogicalTypeRoot.FLOAT || root == LogicalTypeRoot.DOUBLE;
          case DOUBLE -> root == LogicalTypeRoot.DOUBLE;
          case VARCHAR, JSON -> root == LogicalTypeRoot.VARCHAR || root == LogicalTypeRoot.CHAR;
          case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR ->
              type instanceof ArrayType array && array.getElementType().is(LogicalTypeRoot.FLOAT);
          case INT8_VECTOR ->
              type instanceof ArrayType array && array.getElementType().is(LogicalTypeRoot.TINYINT);
          case BINARY_VECTOR -> root == LogicalTypeRoot.VARBINARY || root == LogicalTypeRoot.BINARY;
          case SPARSE_FLOAT_VECTOR -> SparseMaps.fits(type);
        };
    if (!holds) {
      throw TidemarkException.invalid(
          "column '"
              + field.name()
              + "' is "
              + type
              + ", which does not hold every value of its field, of type "
              + field.type());
    }
  }

  private static int width(LogicalTypeRoot root) {
    return switch (root) {
      case TINYINT -> Byte.BYTES;
      case SMALLINT -> Short.BYTES;
      case INTEGER -> Integer.BYTES;
      case BIGINT -> Long.BYTES;
      default -> 0;
    };
  }

  private static TidemarkException unknown(String column, LogicalType type, String wayOut) {
    return TidemarkException.invalid(
        "column '"
            + column
            + "' is "
            + type.copy(true).asSummaryString()
            + ", which no field can hold; there are "
            + List.of(
                "BOOLEAN",
                "TINYINT",
                "SMALLINT",
                "INT",
                "BIGINT",
                "FLOAT",
                "DOUBLE",
                "VARCHAR(n)",
                "STRING",
                "ARRAY<FLOAT>",
                "ARRAY<TINYINT>",
                "BYTES",
                "MAP<BIGINT, FLOAT>")
            + ": "
            + wayOut);
  }
}
