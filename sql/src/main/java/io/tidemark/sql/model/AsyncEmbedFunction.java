package io.tidemark.sql.model;

import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.Embedders;
import io.tidemark.sql.batch.CallBatches;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.jspecify.annotations.Nullable;

/**
 * Embeds the texts that wait at the same time together, beside the task's thread: the model uses
 * all cores for a batch, one for a single text.
 *
 * <p>Public, as what Flink's generated code calls.
 */
public final class AsyncEmbedFunction extends AsyncPredictFunction {
  private static final long serialVersionUID = 1L;

  private final String model;
  private final int batchSize;
  private transient @Nullable Embedder embedder;
  private transient @Nullable ExecutorService thread;
  private transient @Nullable CallBatches<String, float[]> batches;

  AsyncEmbedFunction(String model, int batchSize) {
    this.model = model;
    this.batchSize = batchSize;
  }

  @Override
  public void open(FunctionContext context) {
    Embedder open = Embedders.open(model);
    // An asynchronous function has to compute somewhere else than on the task's thread.
    ExecutorService worker =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("tidemark-embed").factory());
    embedder = open;
    thread = worker;
    batches =
        new CallBatches<>(
            batchSize, 1, texts -> CompletableFuture.supplyAsync(() -> open.embed(texts), worker));
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncPredict(RowData input) {
    if (input.isNullAt(0)) {
      return CompletableFuture.completedFuture(List.of(EmbedFunction.row(null)));
    }
    if (batches == null) {
      throw new IllegalStateException("called before open");
    }
    return batches
        .call(input.getString(0).toString())
        .thenApply(vector -> List.of(EmbedFunction.row(vector)));
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.close();
    }
    if (embedder != null) {
      embedder.close();
    }
  }
}
