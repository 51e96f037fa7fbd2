package io.tidemark.connectors.client;

import java.util.Map;

/**
 * An index on a field that is no vector.
 *
 * @param type as the client gave it
 * @param parameters without the type
 */
public record ScalarIndex(String field, String type, Map<String, String> parameters) {
  public ScalarIndex {
    parameters = Map.copyOf(parameters);
  }
}
