package io.tidemark.sql.search;

import com.google.protobuf.ByteString;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.sql.batch.CallBatches;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncVectorSearchFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.jspecify.annotations.Nullable;

/**
 * VECTOR_SEARCH, asynchronous: query vectors that wait at the same time share a request. A NULL
 * vector has no neighbours.
 *
 * <p>Public, as what Flink's generated code calls.
 */
public final class AsyncCollectionSearchFunction extends AsyncVectorSearchFunction {
  private static final long serialVersionUID = 1L;

  private final SearchTarget target;
  private final SearchSettings settings;
  private transient @Nullable Searcher searcher;
  private transient @Nullable Map<Integer, CallBatches<ByteString, Collection<RowData>>> batches;

  AsyncCollectionSearchFunction(SearchTarget target, SearchSettings settings) {
    this.target = target;
    this.settings = settings;
  }

  @Override
  public void open(FunctionContext context) {
    searcher = new Searcher(target);
    batches = new HashMap<>();
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncVectorSearch(int limit, RowData query) {
    if (query.isNullAt(0)) {
      return CompletableFuture.completedFuture(List.of());
    }
    Searcher open = searcher;
    if (open == null || batches == null) {
      throw new IllegalStateException("called before open");
    }
    ByteString vector;
    try {
      vector = target.query(query.getArray(0));
    } catch (TidemarkException e) {
      return CompletableFuture.failedFuture(e);
    }
    // A query has one limit; should it ever vary, requests of different ones are apart.
    return batches
        .computeIfAbsent(
            limit,
            wanted ->
                new CallBatches<>(
                    settings.batchMax(),
                    settings.requestsMax(),
                    vectors -> open.search(vectors, wanted, settings)))
        .call(vector);
  }

  @Override
  public void close() {
    if (searcher != null) {
      searcher.close();
    }
  }
}
