package io.tidemark.sql.catalog;

import io.tidemark.connectors.row.FieldTypes;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.table.TidemarkOptions;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/** A column of a table and its options as a field. */
final class FieldDefinition {
  private FieldDefinition() {}

  /**
   * @param options of the table
   * @throws ValidationException naming the column and the way out
   */
  static FieldSchema of(
      Column column, Map<String, String> options, int id, boolean primaryKey, boolean autoId) {
    String name = column.getName();
    LogicalType type = column.getDataType().getLogicalType();
    try {
      DataType fieldType = type(name, type, options.get(TidemarkOptions.TYPE_PREFIX + name));
      checkKey(name, type, fieldType, primaryKey);
      return new FieldSchema(
          id,
          FieldSchema.checkName("column", name),
          fieldType,
          column.getComment().orElse(""),
          primaryKey,
          primaryKey && autoId,
          type.isNullable() && !primaryKey && !fieldType.isVector(),
          false,
          false,
          dimension(name, fieldType, options.get(TidemarkOptions.DIMENSION_PREFIX + name)),
          fieldType == DataType.VARCHAR ? FieldTypes.maxLength(name, type) : 0,
          defaultValue(name, fieldType, options.get(TidemarkOptions.DEFAULT_PREFIX + name)),
          Map.of());
    } catch (TidemarkException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  private static DataType type(String name, LogicalType type, @Nullable String given) {
    boolean json = "JSON".equalsIgnoreCase(given);
    DataType natural = FieldTypes.dataType(name, type, json);
    String squeezed = given == null ? "" : given.replace("_", "");
    if (natural == DataType.FLOAT_VECTOR) {
      for (DataType half : List.of(DataType.FLOAT16_VECTOR, DataType.BFLOAT16_VECTOR)) {
        String wire = half.name().replace("_", "");
        if (squeezed.equalsIgnoreCase(wire)
            || squeezed.equalsIgnoreCase(wire.replace("VECTOR", ""))) {
          return half;
        }
      }
    }
    boolean fits =
        given == null
            || natural.name().replace("_", "").equalsIgnoreCase(squeezed)
            || (natural == DataType.JSON && json);
    if (!fits || (json && natural != DataType.JSON)) {
      throw TidemarkException.invalid(
          "option '"
              + TidemarkOptions.TYPE_PREFIX
              + name
              + "' is '"
              + given
              + "', but column '"
              + name
              + "' is "
              + type.copy(true).asSummaryString()
              + ", which makes a field of type "
              + natural
              + ": leave the option out, make it a STRING column with 'JSON', or an ARRAY<FLOAT> with"
              + " 'FLOAT16' or 'BFLOAT16'");
    }
    return natural;
  }

  private static void checkKey(
      String name, LogicalType type, DataType fieldType, boolean primaryKey) {
    if (primaryKey && fieldType != DataType.INT64 && fieldType != DataType.VARCHAR) {
      throw TidemarkException.invalid(
          "column '"
              + name
              + "' is the primary key and "
              + type.copy(true).asSummaryString()
              + "; keys are BIGINT or VARCHAR(n): declare it BIGINT or STRING and cast what is written");
    }
  }

  private static int dimension(String name, DataType type, @Nullable String text) {
    String option = TidemarkOptions.DIMENSION_PREFIX + name;
    if (!type.hasDimension()) {
      if (text != null) {
        throw TidemarkException.invalid(
            "option '"
                + option
                + "' is given, but column '"
                + name
                + "' is no ARRAY<FLOAT>, ARRAY<TINYINT> or BYTES, which have a dimension");
      }
      return 0;
    }
    if (text == null) {
      throw TidemarkException.invalid(
          "column '"
              + name
              + "' is "
              + sqlName(type)
              + ", a vector, and needs its dimension: give option '"
              + option
              + "', such as '"
              + option
              + "'='768'");
    }
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(
          "option '"
              + option
              + "' is '"
              + text
              + "', expected a whole number from 1 to "
              + FieldSchema.dimensionMax(type));
    }
  }

  private static String sqlName(DataType vectors) {
    if (vectors == DataType.BINARY_VECTOR) {
      return "BYTES";
    }
    return vectors == DataType.INT8_VECTOR ? "ARRAY<TINYINT>" : "ARRAY<FLOAT>";
  }

  private static @Nullable Object defaultValue(String name, DataType type, @Nullable String text) {
    if (text == null) {
      return null;
    }
    String option = TidemarkOptions.DEFAULT_PREFIX + name;
    try {
      return switch (type) {
        case BOOL -> bool(text);
        case INT8 -> (long) Byte.parseByte(text.trim());
        case INT16 -> (long) Short.parseShort(text.trim());
        case INT32 -> (long) Integer.parseInt(text.trim());
        case INT64 -> Long.parseLong(text.trim());
        case FLOAT -> (double) Float.parseFloat(text.trim());
        case DOUBLE -> Double.parseDouble(text.trim());
        case VARCHAR -> text;
        case JSON,
            FLOAT_VECTOR,
            FLOAT16_VECTOR,
            BFLOAT16_VECTOR,
            INT8_VECTOR,
            BINARY_VECTOR,
            SPARSE_FLOAT_VECTOR ->
            throw TidemarkException.invalid(
                "column '"
                    + name
                    + "' of type "
                    + type
                    + " can have no default: leave option '"
                    + option
                    + "' out");
      };
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(
          "option '" + option + "' is '" + text + "', which is no value of type " + type);
    }
  }

  private static Boolean bool(String text) {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.valueOf(text);
    }
    throw new NumberFormatException(text);
  }
}
