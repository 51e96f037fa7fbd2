package io.tidemark.sql.function;

import io.tidemark.model.error.TidemarkException;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.inference.InputTypeStrategies;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.jspecify.annotations.Nullable;

/**
 * {@code VECTOR_PARSE(text)}: numbers between commas or blanks, with or without brackets around
 * them, as ARRAY&lt;FLOAT&gt;.
 */
public final class VectorParseFunction extends ScalarFunction {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_MAX = 40;

  /** NOT NULL if the text is, as VECTOR_SEARCH wants it for a column that is. */
  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(
            InputTypeStrategies.sequence(
                List.of("text"),
                List.of(InputTypeStrategies.logical(LogicalTypeFamily.CHARACTER_STRING))))
        .outputTypeStrategy(
            TypeStrategies.nullableIfArgs(
                TypeStrategies.explicit(
                    DataTypes.ARRAY(DataTypes.FLOAT()).bridgedTo(ArrayData.class))))
        .build();
  }

  /**
   * NULL if the text is NULL.
   *
   * @throws TidemarkException 1100 if the text is no vector of finite numbers
   */
  public @Nullable ArrayData eval(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String numbers = text.strip();
    boolean opens = numbers.startsWith("[");
    if (opens != numbers.endsWith("]")) {
      throw refused(text, opens ? "] is missing" : "[ is missing");
    }
    numbers = opens ? numbers.substring(1, numbers.length() - 1).strip() : numbers;
    if (numbers.isEmpty()) {
      throw refused(text, "it has no elements");
    }
    String[] words = numbers.split("\\s*,\\s*|\\s+", -1);
    float[] values = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      values[i] = number(text, i, words[i]);
    }
    return new GenericArrayData(values);
  }

  private static float number(String text, int position, String word) {
    float value;
    try {
      value = Float.parseFloat(word);
    } catch (NumberFormatException e) {
      throw refused(text, "element " + position + " is '" + shown(word) + "', expected a number");
    }
    if (!Float.isFinite(value)) {
      throw refused(
          text, "element " + position + " is " + shown(word) + ", expected a finite 32-bit float");
    }
    return value;
  }

  private static TidemarkException refused(String text, String reason) {
    return TidemarkException.invalid(
        "'" + shown(text) + "' is no vector: " + reason + "; write [0.5, -1, 2e-3]");
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }
}
