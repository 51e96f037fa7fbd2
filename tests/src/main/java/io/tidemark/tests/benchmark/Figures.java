package io.tidemark.tests.benchmark;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** One line of results: every key always there, null where it does not apply. */
final class Figures {
  private static final String[] KEYS = {
    "dataset",
    "rows",
    "dim",
    "phase",
    "params",
    "filter",
    "threads",
    "rows_per_s",
    "secs",
    "cpu_s",
    "recall10",
    "qps",
    "p50_us",
    "p99_us",
    "cpu_us",
    "server_cpu_us",
    "rss_mb",
    "disk_mb"
  };

  private final Map<String, Object> values = new LinkedHashMap<>();

  Figures put(String key, Object value) {
    if (!java.util.List.of(KEYS).contains(key)) {
      throw new IllegalArgumentException("no such figure: " + key);
    }
    values.put(key, value);
    return this;
  }

  String toJson() {
    StringJoiner json = new StringJoiner(", ", "{", "}");
    for (String key : KEYS) {
      json.add("\"" + key + "\": " + json(values.get(key)));
    }
    return json.toString();
  }

  private static String json(@org.jspecify.annotations.Nullable Object value) {
    if (value == null || (value instanceof Double number && number.isNaN())) {
      return "null";
    }
    if (value instanceof Double number) {
      return String.format(Locale.ROOT, Math.abs(number) < 10 ? "%.4f" : "%.1f", number);
    }
    return value instanceof Number
        ? value.toString()
        : "\"" + value.toString().replace("\"", "\\\"") + "\"";
  }
}
