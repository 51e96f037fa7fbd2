package io.tidemark.tests.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.jspecify.annotations.Nullable;

/** Rows as the SDK takes them. */
public final class Row {
  private Row() {}

  /**
   * @param namesAndValues a name and its value, by turns
   */
  public static JsonObject of(@Nullable Object... namesAndValues) {
    JsonObject row = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.add((String) namesAndValues[i], json(namesAndValues[i + 1]));
    }
    return row;
  }

  private static JsonElement json(@Nullable Object value) {
    return switch (value) {
      case null -> JsonNull.INSTANCE;
      case JsonElement element -> element;
      case Number number -> new JsonPrimitive(number);
      case Boolean flag -> new JsonPrimitive(flag);
      case String text -> new JsonPrimitive(text);
      case float[] vector -> array(vector);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    };
  }

  private static JsonArray array(float[] vector) {
    JsonArray array = new JsonArray(vector.length);
    for (float value : vector) {
      array.add(value);
    }
    return array;
  }
}
