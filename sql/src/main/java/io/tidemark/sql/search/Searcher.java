package io.tidemark.sql.search;

import com.google.protobuf.ByteString;
import io.milvus.grpc.ConsistencyLevel;
import io.milvus.grpc.DslType;
import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.PlaceholderGroup;
import io.milvus.grpc.PlaceholderValue;
import io.milvus.grpc.SearchRequest;
import io.tidemark.connectors.client.MilvusMethods;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.VectorBytes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;

/** Searches one collection over one connection. Thread-safe. */
final class Searcher implements AutoCloseable {
  private static final String TAG = "$0";

  private final SearchTarget target;
  private final TidemarkClient client;

  Searcher(SearchTarget target) {
    this.target = target;
    this.client = TidemarkClient.connect(target.endpoint());
  }

  /**
   * The nearest rows of each query, in the queries' order. Failures that pass are tried again for
   * {@link TidemarkClient#PATIENCE}.
   */
  CompletableFuture<List<Collection<RowData>>> search(
      List<ByteString> queries, int limit, SearchSettings settings) {
    return client
        .retrying(MilvusMethods.SEARCH, request(queries, limit, settings), TidemarkClient.PATIENCE)
        .thenApply(answer -> HitRows.read(answer.getResults(), target.columns()));
  }

  private SearchRequest request(List<ByteString> queries, int limit, SearchSettings settings) {
    PlaceholderValue.Builder vectors =
        PlaceholderValue.newBuilder()
            .setTag(TAG)
            .setType(VectorBytes.placeholder(target.type()))
            .addAllValues(queries);
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setDbName(target.database())
            .setCollectionName(target.collection())
            .setDsl(settings.filter())
            .setDslType(DslType.BoolExprV1)
            .setNq(queries.size())
            .setPlaceholderGroup(
                PlaceholderGroup.newBuilder().addPlaceholders(vectors).build().toByteString())
            .addAllPartitionNames(settings.partitions())
            .setUseDefaultConsistency(settings.consistency() == null);
    if (settings.consistency() != null) {
      request.setConsistencyLevel(level(settings.consistency()));
    }
    request.addAllOutputFields(target.columns().names());
    Map<String, String> params = new HashMap<>(settings.params());
    params.put("anns_field", target.field());
    params.put("topk", String.valueOf(limit));
    params.forEach((key, value) ->
        request.addSearchParams(KeyValuePair.newBuilder().setKey(key).setValue(value)));
    return request.build();
  }

  private static ConsistencyLevel level(io.tidemark.model.collection.ConsistencyLevel consistency) {
    return switch (consistency) {
      case STRONG -> ConsistencyLevel.Strong;
      case SESSION -> ConsistencyLevel.Session;
      case BOUNDED -> ConsistencyLevel.Bounded;
      case EVENTUALLY -> ConsistencyLevel.Eventually;
      case CUSTOMIZED -> ConsistencyLevel.Customized;
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
