package io.tidemark.serving.wire;

import io.milvus.grpc.TemplateArrayValue;
import io.milvus.grpc.TemplateValue;
import io.tidemark.model.error.TidemarkException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values for the {@code {name}}s of a filter: Boolean, Long, Double, String, or a list of them or
 * of lists.
 */
public final class TemplateValues {
  private TemplateValues() {}

  public static Map<String, Object> read(Map<String, TemplateValue> values) {
    Map<String, Object> read = new HashMap<>();
    values.forEach((name, value) -> read.put(name, value(name, value)));
    return read;
  }

  private static Object value(String name, TemplateValue value) {
    return switch (value.getValCase()) {
      case BOOL_VAL -> value.getBoolVal();
      case INT64_VAL -> value.getInt64Val();
      case FLOAT_VAL -> value.getFloatVal();
      case STRING_VAL -> value.getStringVal();
      case ARRAY_VAL -> list(name, value.getArrayVal());
      case VAL_NOT_SET ->
          throw TidemarkException.invalid(
              "the value of the filter's template " + name + " is missing");
    };
  }

  private static List<?> list(String name, TemplateArrayValue array) {
    return switch (array.getDataCase()) {
      case BOOL_DATA -> List.copyOf(array.getBoolData().getDataList());
      case LONG_DATA -> List.copyOf(array.getLongData().getDataList());
      case DOUBLE_DATA -> List.copyOf(array.getDoubleData().getDataList());
      case STRING_DATA -> List.copyOf(array.getStringData().getDataList());
      case ARRAY_DATA -> {
        List<Object> lists = new ArrayList<>();
        for (TemplateArrayValue inner : array.getArrayData().getDataList()) {
          lists.add(list(name, inner));
        }
        yield lists;
      }
      // Python's clients send lists of mixed types as JSON texts.
      case JSON_DATA ->
          throw Reasons.notSupportedYet("the list of mixed types in the filter's template " + name);
      case DATA_NOT_SET -> List.of();
    };
  }
}
