package io.tidemark.model.index;

import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.util.Map;

/**
 * An index that a user asked for on one vector field.
 *
 * @param id stable, a hybrid timestamp; an index dropped and made anew has another
 * @param fieldId the field's stable id
 * @param parameters as the client gave them (M, efConstruction, …), without index_type and
 *     metric_type
 */
public record IndexDefinition(
    long id,
    int fieldId,
    String fieldName,
    String name,
    IndexType type,
    Metric metric,
    Map<String, String> parameters)
    implements Serializable {
  public static final String DEFAULT_NAME = "_default_idx";

  public IndexDefinition {
    parameters = Map.copyOf(parameters);
  }

  /**
   * An integer parameter, checked.
   *
   * @throws TidemarkException 1100 if it is no integer in {@code [min, max]}
   */
  public int intParameter(String key, int defaultValue, int min, int max) {
    return intParameter(parameters, key, defaultValue, min, max);
  }

  /** As the other, over any parameter map. */
  public static int intParameter(
      Map<String, String> parameters, String key, int defaultValue, int min, int max) {
    String text = parameters.get(key);
    if (text == null) {
      return defaultValue;
    }
    long value;
    try {
      value = Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(
          "param '"
              + key
              + "' should be an integer in ["
              + min
              + ", "
              + max
              + "], but got '"
              + text
              + "'");
    }
    if (value < min || value > max) {
      throw TidemarkException.invalid(
          "Out of range in json: param '"
              + key
              + "' ("
              + value
              + ") should be in range ["
              + min
              + ", "
              + max
              + "]");
    }
    return (int) value;
  }
}
