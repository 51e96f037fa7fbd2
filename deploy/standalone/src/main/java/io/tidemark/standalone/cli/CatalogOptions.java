package io.tidemark.standalone.cli;

import java.util.ArrayList;
import java.util.List;

/** {@code --catalog.KEY VALUE}, which the parser knows as {@code --catalog.KEY=VALUE} only. */
final class CatalogOptions {
  /** A prefix, to which the parser lets the key and the value be attached. */
  static final String JOINED = "--catalog.";

  private CatalogOptions() {}

  /** The same arguments, with each key and its value made one. */
  static String[] joined(String[] arguments) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      boolean apart =
          arguments[i].startsWith(JOINED)
              && !arguments[i].contains("=")
              && i + 1 < arguments.length;
      joined.add(apart ? arguments[i] + "=" + arguments[++i] : arguments[i]);
    }
    return joined.toArray(String[]::new);
  }
}
