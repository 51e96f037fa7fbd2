package io.tidemark.serving.wire;

import io.milvus.grpc.KeyValuePair;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists of key-value pairs as maps, and back. */
public final class KeyValues {
  private KeyValues() {}

  /** In the order of the list; the last value of a key wins. */
  public static Map<String, String> toMap(Collection<KeyValuePair> pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (KeyValuePair pair : pairs) {
      map.put(pair.getKey(), pair.getValue());
    }
    return map;
  }

  public static KeyValuePair pair(String key, String value) {
    return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
  }

  public static List<KeyValuePair> toPairs(Map<String, String> map) {
    return map.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> pair(e.getKey(), e.getValue()))
        .toList();
  }
}
