package io.tidemark.connectors.client;

import io.milvus.grpc.KeyValuePair;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists of key-value pairs as maps, and back. */
final class KeyValues {
  private KeyValues() {}

  /** The last value of a key wins. */
  static Map<String, String> toMap(Collection<KeyValuePair> pairs) {
    Map<String, String> map = new TreeMap<>();
    pairs.forEach(pair -> map.put(pair.getKey(), pair.getValue()));
    return map;
  }

  static KeyValuePair pair(String key, String value) {
    return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
  }

  static List<KeyValuePair> toPairs(Map<String, String> map) {
    return new TreeMap<>(map)
        .entrySet().stream().map(entry -> pair(entry.getKey(), entry.getValue())).toList();
  }
}
