package io.tidemark.sql.catalog;

import io.tidemark.sql.table.TidemarkOptions;
import java.util.List;
import java.util.Optional;

/** The name of an option that is about one column. */
record ColumnOption(String prefix, String column) {
  private static final List<String> PREFIXES =
      List.of(
          TidemarkOptions.DIMENSION_PREFIX,
          TidemarkOptions.TYPE_PREFIX,
          TidemarkOptions.DEFAULT_PREFIX,
          // Before the shorter one that it begins with.
          TidemarkOptions.INDEX_PARAMS_PREFIX,
          TidemarkOptions.INDEX_PREFIX,
          TidemarkOptions.METRIC_PREFIX);

  static Optional<ColumnOption> of(String key) {
    return PREFIXES.stream()
        .filter(key::startsWith)
        .findFirst()
        .map(prefix -> new ColumnOption(prefix, key.substring(prefix.length())));
  }

  /** Whether the option is about an index of the column. */
  boolean isOfIndex() {
    return prefix.startsWith(TidemarkOptions.INDEX_PREFIX)
        || prefix.equals(TidemarkOptions.METRIC_PREFIX);
  }
}
