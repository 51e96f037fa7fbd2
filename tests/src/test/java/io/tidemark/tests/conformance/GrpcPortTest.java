package io.tidemark.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.milvus.grpc.CreateResourceGroupRequest;
import io.milvus.grpc.ImportRequest;
import io.milvus.grpc.SearchRequest;
import io.milvus.shaded.io.grpc.Status;
import io.milvus.shaded.io.grpc.StatusRuntimeException;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.exception.MilvusClientException;
import io.milvus.v2.service.resourcegroup.request.ListResourceGroupsReq;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What arrives at the gRPC port without being a request that is served. */
@ExtendWith(SharedTidemark.class)
class GrpcPortTest {
  private static Status.Code statusOf(ThrowingCallable call) {
    StatusRuntimeException failed = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failed).as("the call fails").isNotNull();
    return failed.getStatus().getCode();
  }

  @Test
  void callsThatAreNotServedAnswerUnimplemented(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      assertThat(
              List.of(
                  statusOf(() ->
                      raw.stub()
                          .createResourceGroup(CreateResourceGroupRequest.getDefaultInstance())),
                  statusOf(() -> raw.stub().import_(ImportRequest.getDefaultInstance()))))
          .containsOnly(Status.Code.UNIMPLEMENTED);
    }
    MilvusClientException refused =
        catchThrowableOfType(
            MilvusClientException.class,
            () -> client.listResourceGroups(ListResourceGroupsReq.builder().build()));
    assertThat(refused).hasMessageContaining("UNIMPLEMENTED");
  }

  @Test
  void aRequestOver64MiBIsRefused(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      SearchRequest large =
          SearchRequest.newBuilder()
              .setCollectionName("any")
              .setPlaceholderGroup(ByteString.copyFrom(new byte[(64 << 20) + 1]))
              .build();
      assertThat(statusOf(() -> raw.stub().search(large)))
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
    assertServes(client);
  }

  @Test
  void aRequestOf60MiBIsRead(TidemarkProcess tidemark) throws Exception {
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      SearchRequest large =
          SearchRequest.newBuilder()
              .setCollectionName("never_was")
              .setPlaceholderGroup(ByteString.copyFrom(new byte[60 << 20]))
              .build();
      RawMilvus.assertStatus(raw.stub().search(large).getStatus(), 100, "never_was");
    }
  }

  @Test
  void garbageAndHttpDoNoHarm(TidemarkProcess tidemark, MilvusClientV2 client) throws Exception {
    int printed = tidemark.console().length();
    Random random = new Random(1);
    byte[] noise = new byte[100_000];
    random.nextBytes(noise);
    for (int round = 0; round < 20; round++) {
      assertClosedAfter(tidemark, noise);
      assertClosedAfter(
          tidemark,
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    assertClosedAfter(
        tidemark, "\u0016\u0003\u0001\u0002\u0000\u0001".getBytes(StandardCharsets.ISO_8859_1));
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      silent.add(connect(tidemark));
    }
    assertServes(client);
    for (Socket socket : silent) {
      socket.close();
    }
    assertServes(client);
    assertThat(tidemark.console().substring(printed)).doesNotContain("\tat ");
  }

  private static Socket connect(TidemarkProcess tidemark) throws IOException {
    String[] address = tidemark.grpcAddress().split(":");
    return new Socket(address[0], Integer.parseInt(address[1]));
  }

  /** The server ends the connection, or says nothing that would be an answer to such bytes. */
  private static void assertClosedAfter(TidemarkProcess tidemark, byte[] bytes) throws IOException {
    try (Socket socket = connect(tidemark)) {
      socket.setSoTimeout(2_000);
      try (OutputStream out = socket.getOutputStream()) {
        out.write(bytes);
        out.flush();
        byte[] answer = socket.getInputStream().readNBytes(64 << 10);
        assertThat(new String(answer, StandardCharsets.ISO_8859_1))
            .doesNotContain("Exception")
            .doesNotContain("\tat ");
      } catch (SocketTimeoutException e) {
        assertThat(bytes.length).as("only a torn beginning may be waited for").isLessThan(10);
      } catch (SocketException e) {
        assertThat(e).as("the server hung up").isNotNull();
      }
    }
  }

  private static void assertServes(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 2}));
    assertThat(made.count()).isEqualTo(1);
  }
}
