package io.tidemark.sql.search;

import com.google.protobuf.ByteString;
import io.milvus.grpc.ConsistencyLevel;
import io.milvus.grpc.DslType;
import io.milvus.grpc.HybridSearchRequest;
import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.PlaceholderGroup;
import io.milvus.grpc.PlaceholderValue;
import io.milvus.grpc.SearchRequest;
import io.tidemark.connectors.client.MilvusMethods;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.VectorBytes;
import io.tidemark.model.error.TidemarkException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
        .retrying(
            MilvusMethods.SEARCH,
            request(target, queries, String.valueOf(limit), settings),
            TidemarkClient.PATIENCE)
        .thenApply(answer -> HitRows.read(answer.getResults(), target.columns()));
  }

  /**
   * The rows that are best in several searches of the collection, each with one query; waits for
   * them.
   *
   * @param rankParams how hits are fused, and how many are wanted
   * @throws TidemarkException as the server answers, if that does not pass
   */
  Collection<RowData> fused(
      List<SearchRequest> searches, Map<String, String> rankParams, SearchSettings settings) {
    HybridSearchRequest.Builder request =
        HybridSearchRequest.newBuilder()
            .setDbName(target.database())
            .setCollectionName(target.collection())
            .addAllPartitionNames(settings.partitions())
            .addAllRequests(searches)
            .addAllRankParams(pairs(rankParams))
            .addAllOutputFields(target.columns().names())
            .setUseDefaultConsistency(settings.consistency() == null);
    if (settings.consistency() != null) {
      request.setConsistencyLevel(level(settings.consistency()));
    }
    return join(client
            .retrying(MilvusMethods.HYBRID_SEARCH, request.build(), TidemarkClient.PATIENCE)
            .thenApply(answer -> HitRows.read(answer.getResults(), target.columns())))
        .getFirst();
  }

  /**
   * What comes, or why it does not.
   *
   * @throws TidemarkException as the server answers
   */
  static <T> T join(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof TidemarkException known ? known : e;
    }
  }

  /** A search of one field. */
  SearchRequest request(
      SearchTarget target, List<ByteString> queries, String limit, SearchSettings settings) {
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
    params.put("topk", limit);
    return request.addAllSearchParams(pairs(params)).build();
  }

  private static List<KeyValuePair> pairs(Map<String, String> params) {
    return params.entrySet().stream()
        .map(param ->
            KeyValuePair.newBuilder().setKey(param.getKey()).setValue(param.getValue()).build())
        .toList();
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
