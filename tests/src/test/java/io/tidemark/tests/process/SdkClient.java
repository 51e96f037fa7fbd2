package io.tidemark.tests.process;

import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;

/** The stock Java SDK's client, as something that try-with-resources can close. */
public final class SdkClient extends MilvusClientV2 implements AutoCloseable {
  public SdkClient(ConnectConfig config) {
    super(config);
  }

  /** Connects with the SDK's own defaults. */
  public static SdkClient to(String address) {
    return new SdkClient(ConnectConfig.builder().uri("http://" + address).build());
  }
}
