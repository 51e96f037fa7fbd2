package io.tidemark.serving.wire;

import io.milvus.grpc.KeyValuePair;
import io.tidemark.model.error.TidemarkException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists of key-value pairs as maps, and back. */
public final class KeyValues {
  private KeyValues() {}

  /**
   * In the order of the list.
   *
   * @throws TidemarkException 1100 if a key has two values
   */
  public static Map<String, String> toMap(Collection<KeyValuePair> pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (KeyValuePair pair : pairs) {
      String other = map.put(pair.getKey(), pair.getValue());
      if (other != null && !other.equals(pair.getValue())) {
        throw TidemarkException.invalid(
            "parameter "
                + pair.getKey()
                + " is given twice, as ["
                + other
                + "] and as ["
                + pair.getValue()
                + "]");
      }
    }
    return map;
  }

  /**
   * The first value of each key: clients put their own defaults behind what their users have set.
   */
  static Map<String, String> firstOfEach(Collection<KeyValuePair> pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    pairs.forEach(pair -> map.putIfAbsent(pair.getKey(), pair.getValue()));
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
