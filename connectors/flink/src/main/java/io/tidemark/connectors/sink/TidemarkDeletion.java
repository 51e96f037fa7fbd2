package io.tidemark.connectors.sink;

import io.milvus.grpc.DeleteRequest;
import io.milvus.grpc.TemplateValue;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.model.error.TidemarkException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Deletes the rows of a collection that pass a filter, as one request. */
public final class TidemarkDeletion {
  private final TidemarkClient client;
  private final String database;
  private final String collection;

  /**
   * @param client stays the caller's
   */
  public TidemarkDeletion(TidemarkClient client, String database, String collection) {
    this.client = client;
    this.database = database;
    this.collection = collection;
  }

  /**
   * Returns when the server has done it; repeated while it fails for passing reasons, which is
   * harmless.
   *
   * @param filter in the server's language
   * @param values of the {@code {name}}s in it
   * @return rows that were found and deleted; of a filter by keys alone, the keys
   * @throws TidemarkException as the server says; 101 for a filter by more than keys on a
   *     collection that is not loaded
   */
  public long delete(String filter, Map<String, TemplateValue> values, Duration timeout) {
    DeleteRequest request =
        DeleteRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .setExpr(filter)
            .putAllExprTemplateValues(values)
            .build();
    try {
      return client.retrying(ClientWrites.DELETE, request, timeout).join().getDeleteCnt();
    } catch (CompletionException e) {
      throw e.getCause() instanceof TidemarkException known ? known : e;
    }
  }
}
