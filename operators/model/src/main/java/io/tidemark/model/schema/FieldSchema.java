package io.tidemark.model.schema;

import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One field of a collection.
 *
 * @param id stable within the collection, ≥ 100; a renamed field keeps it
 * @param dimension of a vector field, else 0; of bits a multiple of 8; of sparse vectors 0
 * @param maxLength of a VARCHAR field in UTF-8 bytes, else 0
 * @param defaultValue Boolean, Long (any integer type), Double (FLOAT, DOUBLE) or String, or null
 *     for none
 * @param parameters further type parameters exactly as the client gave them, without dim and
 *     max_length
 */
public record FieldSchema(
    int id,
    String name,
    DataType type,
    String description,
    boolean primaryKey,
    boolean autoId,
    boolean nullable,
    boolean dynamic,
    boolean partitionKey,
    int dimension,
    int maxLength,
    @Nullable Object defaultValue,
    Map<String, String> parameters)
    implements Serializable {
  /** The first id a user's field can have; Milvus keeps the lower ones. */
  public static final int FIRST_ID = 100;

  /** The hidden JSON field that holds keys no field was declared for. */
  public static final String DYNAMIC_NAME = "$meta";

  public static final int DIMENSION_MAX = 32_768;

  /** Of vectors of bits. */
  public static final int BINARY_DIMENSION_MAX = 8 * DIMENSION_MAX;

  public static final int MAX_LENGTH_MAX = 65_535;
  public static final int NAME_LENGTH_MAX = 255;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  public FieldSchema {
    parameters = Map.copyOf(parameters);
    if (type == DataType.BINARY_VECTOR && dimension % Byte.SIZE != 0) {
      throw TidemarkException.invalid(
          "invalid dimension: "
              + dimension
              + " of field "
              + name
              + ". binary vector dimension should be multiple of 8");
    }
    if (type == DataType.SPARSE_FLOAT_VECTOR && dimension != 0) {
      throw TidemarkException.invalid(
          "dim should not be specified for sparse vector field " + name + ", but got " + dimension);
    }
    if (type.hasDimension() && (dimension < 1 || dimension > dimensionMax(type))) {
      throw badDimension(name, type, String.valueOf(dimension));
    }
    if (type == DataType.VARCHAR && (maxLength < 1 || maxLength > MAX_LENGTH_MAX)) {
      throw TidemarkException.invalid(
          "the maximum length specified for the field("
              + name
              + ") should be in (0, "
              + MAX_LENGTH_MAX
              + "], but got "
              + maxLength);
    }
  }

  /** The largest dimension of such vectors. */
  public static int dimensionMax(DataType type) {
    return type == DataType.BINARY_VECTOR ? BINARY_DIMENSION_MAX : DIMENSION_MAX;
  }

  /** 1100 for a dimension that no field of that type can have, in Milvus's words. */
  public static TidemarkException badDimension(String field, DataType type, String given) {
    String kind = type == DataType.INT8_VECTOR ? "int" : "float";
    return TidemarkException.invalid(
        "invalid dimension: "
            + given
            + " of field "
            + field
            + ". "
            + (type == DataType.BINARY_VECTOR ? "binary" : kind)
            + " vector dimension should be in range 1 ~ "
            + dimensionMax(type));
  }

  /** Checks a name that a client chose for a database, collection, partition, alias or field. */
  public static String checkName(String what, String name) {
    if (name.isEmpty()) {
      throw TidemarkException.invalid(
          "Invalid " + what + " name: " + what + " name should not be empty");
    }
    if (name.length() > NAME_LENGTH_MAX) {
      throw TidemarkException.invalid(
          "Invalid "
              + what
              + " name: the length of a "
              + what
              + " name must be at most "
              + NAME_LENGTH_MAX
              + " characters, but got "
              + name.length());
    }
    if (!NAME.matcher(name).matches()) {
      String shown = name.replaceAll("\\p{Cntrl}", "?");
      throw TidemarkException.invalid(
          "Invalid "
              + what
              + " name: "
              + shown
              + ". The first character of a "
              + what
              + " name must be an underscore or letter, the others numbers, letters and underscores");
    }
    return name;
  }

  public FieldSchema withId(int newId) {
    return new FieldSchema(
        newId,
        name,
        type,
        description,
        primaryKey,
        autoId,
        nullable,
        dynamic,
        partitionKey,
        dimension,
        maxLength,
        defaultValue,
        parameters);
  }

  /** The field that collects undeclared keys. */
  public static FieldSchema dynamicField(int id) {
    return new FieldSchema(
        id,
        DYNAMIC_NAME,
        DataType.JSON,
        "",
        false,
        false,
        false,
        true,
        false,
        0,
        0,
        null,
        Map.of());
  }
}
