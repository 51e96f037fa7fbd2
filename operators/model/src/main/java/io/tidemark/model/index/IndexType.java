package io.tidemark.model.index;

import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import java.util.Locale;

/** Index families that clients can ask for by name. */
public enum IndexType {
  /** Exact search, no index file. */
  FLAT,
  /** The default: a graph whose parameters follow the dimension. */
  AUTOINDEX,
  /** A graph with the given M and efConstruction. */
  HNSW;

  /**
   * @throws TidemarkException 1100 for a name that is none of ours
   */
  public static IndexType parse(String name) {
    String upper = name.trim().toUpperCase(Locale.ROOT);
    for (IndexType type : values()) {
      if (type.name().equals(upper)) {
        return type;
      }
    }
    throw TidemarkException.invalid(
        "invalid index type: " + name + ", expected one of " + Arrays.toString(values()));
  }

  /** Whether segments get an index file. */
  public boolean builds() {
    return this != FLAT;
  }
}
