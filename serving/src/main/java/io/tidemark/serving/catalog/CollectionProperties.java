package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.stores.lake.TimeToLive;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A collection's properties as clients may set and see them. */
public final class CollectionProperties {
  /** Kept for Tidemark; never shown, never set by a client. */
  private static final String HIDDEN_PREFIX = "tidemark.";

  private static final Set<String> REFUSED_IF_TRUE =
      Set.of("partitionkey.isolation", "dynamicfield.enabled", "collection.replica.fixed");

  /** Whether inserts may bring the keys of an auto id primary key. */
  private static final String INSERT_AUTO_ID = "allow_insert_auto_id";

  private CollectionProperties() {}

  /**
   * Refuses what would change how the collection behaves but is not built; the rest is only
   * remembered.
   *
   * @throws TidemarkException 1100
   */
  static void check(Map<String, String> properties) {
    properties.forEach((key, value) -> {
      if (key.startsWith(HIDDEN_PREFIX)) {
        throw TidemarkException.invalid(
            "property "
                + key
                + " is reserved, choose a name that does not start with "
                + HIDDEN_PREFIX);
      }
      if (key.equals(TimeToLive.PROPERTY)) {
        TimeToLive.seconds(value);
      }
      if (REFUSED_IF_TRUE.contains(key) && Boolean.parseBoolean(value)) {
        throw Reasons.notSupportedYet("collection property " + key + "=" + value);
      }
    });
  }

  static boolean hidden(String key) {
    return key.startsWith(HIDDEN_PREFIX);
  }

  public static boolean allowsInsertOfAutoId(CollectionInfo info) {
    return Boolean.parseBoolean(info.properties().get(INSERT_AUTO_ID));
  }

  /** Without Tidemark's own. */
  public static Map<String, String> visible(CollectionInfo info) {
    Map<String, String> visible = new TreeMap<>(info.properties());
    visible.keySet().removeIf(CollectionProperties::hidden);
    return visible;
  }
}
