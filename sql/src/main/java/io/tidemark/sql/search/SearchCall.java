package io.tidemark.sql.search;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/** TIDEMARK_SEARCH at work: one search for each call, which waits for it. Not thread-safe. */
final class SearchCall implements AutoCloseable {
  private final SearchTarget target;
  private final SearchSettings settings;
  private final Searcher searcher;

  SearchCall(SearchTarget target, SearchSettings settings) {
    this.target = target;
    this.settings = settings;
    this.searcher = new Searcher(target);
  }

  Collection<RowData> rows(
      ArrayData query,
      int limit,
      @Nullable String filter,
      @Nullable Double radius,
      @Nullable Double rangeFilter,
      @Nullable String params) {
    Map<String, String> more =
        new HashMap<>(SearchSettings.parameters(params == null ? "" : params));
    if (radius != null) {
      more.put("radius", radius.toString());
    }
    if (rangeFilter != null) {
      more.put("range_filter", rangeFilter.toString());
    }
    return Searcher.join(
            searcher.search(
                List.of(target.query(query)),
                limit,
                settings.with(filter == null ? "" : filter, more)))
        .getFirst();
  }

  @Override
  public void close() {
    searcher.close();
  }
}
