package io.tidemark.standalone.cli;

import java.util.ArrayList;
import java.util.List;

/** {@code --catalog.KEY VALUE}, as the parser can take it: {@code --catalog-property KEY=VALUE}. */
final class CatalogOptions {
  static final String PROPERTY = "--catalog-property";
  private static final String PREFIX = "--catalog.";

  private CatalogOptions() {}

  /** The same arguments, with each key and its value made one. */
  static String[] joined(String[] arguments) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(PREFIX)) {
        String property = arguments[i].substring(PREFIX.length());
        boolean apart = !property.contains("=") && i + 1 < arguments.length;
        joined.add(PROPERTY);
        joined.add(apart ? property + "=" + arguments[++i] : property);
      } else {
        joined.add(arguments[i]);
      }
    }
    return joined.toArray(String[]::new);
  }
}
