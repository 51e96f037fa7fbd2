package io.tidemark.sql.search;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.VectorSearchFunction;
import org.jspecify.annotations.Nullable;

/**
 * VECTOR_SEARCH, one request for each query vector and no other meanwhile. A NULL vector has no
 * neighbours.
 *
 * <p>Public, as what Flink's generated code calls.
 */
public final class CollectionSearchFunction extends VectorSearchFunction {
  private static final long serialVersionUID = 1L;

  private final SearchTarget target;
  private final SearchSettings settings;
  private transient @Nullable Searcher searcher;

  CollectionSearchFunction(SearchTarget target, SearchSettings settings) {
    this.target = target;
    this.settings = settings;
  }

  @Override
  public void open(FunctionContext context) {
    searcher = new Searcher(target);
  }

  @Override
  public Collection<RowData> vectorSearch(int limit, RowData query) throws IOException {
    if (query.isNullAt(0)) {
      return List.of();
    }
    if (searcher == null) {
      throw new IllegalStateException("called before open");
    }
    try {
      return searcher
          .search(List.of(target.query(query.getArray(0))), limit, settings)
          .join()
          .getFirst();
    } catch (CompletionException e) {
      throw new IOException(
          "search of collection '" + target.collection() + "' failed", e.getCause());
    }
  }

  @Override
  public void close() {
    if (searcher != null) {
      searcher.close();
    }
  }
}
