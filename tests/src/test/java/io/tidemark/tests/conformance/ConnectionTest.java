package io.tidemark.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.utility.response.CheckHealthResp;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class ConnectionTest {
  @Test
  void aClientConnects(TidemarkProcess tidemark) throws Exception {
    try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
      assertThat(client.clientIsReady()).isTrue();
    }
  }

  @Test
  void theServersVersionIsOfTheProtocolItSpeaks(MilvusClientV2 client) {
    assertThat(client.getServerVersion()).contains("2.6");
  }

  @Test
  void itSaysThatItIsHealthy(MilvusClientV2 client) {
    CheckHealthResp health = client.checkHealth();
    assertThat(health.getIsHealthy()).isTrue();
    assertThat(health.getReasons()).isEmpty();
  }

  @Test
  void healthzAnswers200(TidemarkProcess tidemark) throws Exception {
    HttpResponse<String> health = tidemark.get("/healthz");
    assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
  }

  @Test
  void connectingToAnUnknownDatabaseIsRefused(TidemarkProcess tidemark) throws Exception {
    String address = "http://" + tidemark.grpcAddress();
    assertThatThrownBy(
            () -> {
              try (SdkClient client =
                  new SdkClient(ConnectConfig.builder().uri(address).dbName("nowhere").build())) {
                client.listCollections();
              }
            })
        .hasMessageContaining("database not found")
        .hasMessageContaining("nowhere");
  }
}
