package io.tidemark.tests.benchmark;

import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.Map;

/** Fields with nothing set but what they cannot be without. */
public final class PlainField {
  private static final int TEXT_LENGTH = 100;

  private PlainField() {}

  /** An INT64 primary key. */
  public static FieldSchema key(int id, String name) {
    return field(id, name, DataType.INT64, true, 0);
  }

  public static FieldSchema vector(int id, String name, int dimension) {
    return field(id, name, DataType.FLOAT_VECTOR, false, dimension);
  }

  /** A field of another type; texts have up to {@value #TEXT_LENGTH} bytes. */
  public static FieldSchema of(int id, String name, DataType type) {
    return field(id, name, type, false, 0);
  }

  private static FieldSchema field(int id, String name, DataType type, boolean key, int dimension) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        key,
        false,
        false,
        false,
        false,
        dimension,
        type == DataType.VARCHAR ? TEXT_LENGTH : 0,
        null,
        Map.of());
  }
}
