package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.exception.MilvusClientException;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.response.QueryResp;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stock Java client against a server with everything real but the ingest job: nothing is
 * committed.
 */
abstract class SdkTest {
  @TempDir static Path folder;

  static RunningServer server;
  static MilvusClientV2 client;

  @BeforeAll
  static void start() throws Exception {
    server = RunningServer.start(folder);
    client = server.client();
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    server.close();
  }

  static void createQuick(String name) {
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(name)
            .dimension(2)
            .metricType("L2")
            .consistencyLevel(ConsistencyLevel.STRONG)
            .build());
  }

  static JsonObject row(long id, float x, float y, String colour) {
    return JsonParser.parseString(
            String.format(
                Locale.ROOT, "{\"id\":%d,\"vector\":[%f,%f],\"colour\":\"%s\"}", id, x, y, colour))
        .getAsJsonObject();
  }

  static List<Object> ids(QueryResp answer) {
    return answer.getQueryResults().stream().map(r -> r.getEntity().get("id")).toList();
  }

  static QueryResp query(String collection, String filter, String... outputFields) {
    return client.query(
        QueryReq.builder()
            .collectionName(collection)
            .filter(filter)
            .outputFields(List.of(outputFields))
            .consistencyLevel(ConsistencyLevel.STRONG)
            .build());
  }

  static void fails(int code, String reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(MilvusClientException.class)
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((MilvusClientException) e).getServerErrCode()).isEqualTo(code));
  }
}
