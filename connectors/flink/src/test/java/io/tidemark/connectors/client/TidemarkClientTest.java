package io.tidemark.connectors.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.milvus.grpc.ListDatabasesRequest;
import io.milvus.grpc.ListDatabasesResponse;
import io.milvus.grpc.MilvusProto;
import io.milvus.grpc.Status;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a gRPC server that answers what a test wants. */
class TidemarkClientTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Deque<Status> answers = new ArrayDeque<>();
  private final AtomicReference<String> token = new AtomicReference<>("");
  private Server server;
  private TidemarkClient client;

  @BeforeEach
  void start() throws Exception {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(
                MilvusProto.getDescriptor().findServiceByName("MilvusService").getFullName())
            .addMethod(
                MilvusMethods.LIST_DATABASES,
                ServerCalls.asyncUnaryCall((request, answer) -> {
                  answer.onNext(
                      ListDatabasesResponse.newBuilder()
                          .setStatus(answers.size() > 1 ? answers.pop() : answers.peek())
                          .addDbNames("default")
                          .build());
                  answer.onCompleted();
                }))
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(ServerInterceptors.intercept(service, new TokenKeeper()))
            .build()
            .start();
    client =
        TidemarkClient.connect(
            new Endpoint("127.0.0.1:" + server.getPort(), "http://127.0.0.1:1", "ada:hush"));
  }

  private final class TokenKeeper implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      token.set(headers.get(AUTHORIZATION));
      return next.startCall(call, headers);
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
  }

  private static Status failure(int code, String reason, boolean retriable) {
    return Status.newBuilder().setCode(code).setReason(reason).setRetriable(retriable).build();
  }

  private void answer(Status... statuses) {
    answers.addAll(Arrays.asList(statuses));
  }

  @Test
  void what_is_retriable_is_tried_again_until_it_succeeds() {
    answer(failure(8, "slowly", true), failure(4_711, "later", true), Status.getDefaultInstance());
    assertThat(client.databases().list()).containsExactly("default");
    assertThat(Base64.getDecoder().decode(token.get())).asString().isEqualTo("ada:hush");
  }

  @Test
  void what_is_not_retriable_fails_at_once_with_the_servers_words() {
    answer(failure(1100, "field 'v': no", false), Status.getDefaultInstance());
    assertThatThrownBy(() -> client.databases().list())
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .hasMessage("field 'v': no");
    assertThat(answers).hasSize(1);
  }

  @Test
  void attempts_end_when_patience_does() {
    answer(failure(8, "slowly", true));
    assertThatThrownBy(() ->
            client
                .retrying(
                    MilvusMethods.LIST_DATABASES,
                    ListDatabasesRequest.getDefaultInstance(),
                    Duration.ofMillis(200))
                .join())
        .hasCauseInstanceOf(TidemarkException.class)
        .hasStackTraceContaining("slowly");
  }

  @Test
  void a_server_that_is_away_is_retriable_and_named() throws Exception {
    server.shutdownNow().awaitTermination();
    assertThatThrownBy(() ->
            client
                .call(MilvusMethods.LIST_DATABASES, ListDatabasesRequest.getDefaultInstance())
                .join())
        .cause()
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_NOT_READY))
        .hasMessageContaining(client.endpoint().grpc())
        .hasMessageContaining("'endpoint'");
  }

  @Test
  void an_endpoint_that_is_none_is_refused() {
    assertThatThrownBy(() -> Endpoint.of("localhost"))
        .hasMessageContaining("'localhost'")
        .hasMessageContaining("localhost:19530");
    assertThatThrownBy(() -> new Endpoint("h:1", "h:2", null)).hasMessageContaining("'h:2'");
    assertThat(Endpoint.of("http://tidemark:19530/").http()).isEqualTo("http://tidemark:9091");
  }
}
