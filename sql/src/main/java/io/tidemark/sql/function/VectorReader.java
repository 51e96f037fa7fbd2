package io.tidemark.sql.function;

import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.math.BigDecimal;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * Reads an argument of the type it was planned with as 32-bit floats, which is what Tidemark keeps
 * and searches: wider numbers are rounded to the nearest. Immutable.
 */
final class VectorReader implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LogicalType type;
  private final ArrayData.@Nullable ElementGetter elements;

  VectorReader(LogicalType type) {
    this.type = type;
    this.elements =
        type instanceof ArrayType array
            ? ArrayData.createElementGetter(array.getElementType())
            : null;
  }

  /**
   * @throws TidemarkException 1100 for a vector without elements, or with one that is NULL
   */
  float[] floats(Object argument) {
    if (!(argument instanceof ArrayData array) || elements == null) {
      throw new IllegalStateException("planned as " + type + ", called with " + argument);
    }
    float[] values = new float[array.size()];
    if (values.length == 0) {
      throw TidemarkException.invalid("a vector has 0 elements, expected at least 1");
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = number(i, elements.getElementOrNull(array, i));
    }
    return values;
  }

  /** As bits, eight to a byte from the highest on; of numbers, all but 0 are 1. */
  byte[] bits(Object argument) {
    if (argument instanceof byte[] bytes) {
      return bytes;
    }
    if (!(argument instanceof ArrayData array) || elements == null) {
      throw new IllegalStateException("planned as " + type + ", called with " + argument);
    }
    byte[] bits = new byte[(array.size() + 7) / 8];
    for (int i = 0; i < array.size(); i++) {
      Object element = elements.getElementOrNull(array, i);
      boolean one = element instanceof Boolean bool ? bool : number(i, element) != 0;
      if (one) {
        bits[i / 8] |= (byte) (0x80 >>> i % 8);
      }
    }
    return bits;
  }

  /** Elements of an array, bits of BYTES. */
  int dimension(Object argument) {
    return argument instanceof byte[] bytes
        ? Math.multiplyExact(8, bytes.length)
        : ((ArrayData) argument).size();
  }

  private static float number(int position, @Nullable Object element) {
    return switch (element) {
      case Float number -> number;
      // By way of a double, a decimal would be rounded twice.
      case DecimalData decimal -> {
        BigDecimal exact = decimal.toBigDecimal();
        yield exact.floatValue();
      }
      case Number number -> number.floatValue();
      case null ->
          throw TidemarkException.invalid(
              "element "
                  + position
                  + " of a vector is NULL, expected a number; COALESCE(vector, …) does not reach"
                  + " elements: mend them where the vector is made");
      default -> throw new IllegalStateException("an element of " + element.getClass());
    };
  }
}
