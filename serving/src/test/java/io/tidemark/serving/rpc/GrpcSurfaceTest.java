package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.milvus.grpc.AllocTimestampRequest;
import io.milvus.grpc.AllocTimestampResponse;
import io.milvus.grpc.CheckHealthRequest;
import io.milvus.grpc.CheckHealthResponse;
import io.milvus.grpc.ConnectRequest;
import io.milvus.grpc.ConnectResponse;
import io.milvus.grpc.CreateCollectionRequest;
import io.milvus.grpc.DescribeCollectionRequest;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.FlushRequest;
import io.milvus.grpc.FlushResponse;
import io.milvus.grpc.GetFlushStateRequest;
import io.milvus.grpc.GetFlushStateResponse;
import io.milvus.grpc.InsertRequest;
import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.ListResourceGroupsRequest;
import io.milvus.grpc.ListResourceGroupsResponse;
import io.milvus.grpc.MutationResult;
import io.milvus.grpc.PlaceholderGroup;
import io.milvus.grpc.PlaceholderType;
import io.milvus.grpc.PlaceholderValue;
import io.milvus.grpc.SearchRequest;
import io.milvus.grpc.SearchResults;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.tidemark.model.control.ControlKeys;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the wire itself promises, whatever client is at its other end. */
class GrpcSurfaceTest {
  @TempDir static Path folder;

  private static RunningServer server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    server = RunningServer.start(folder);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    MilvusClientV2 client = server.client();
    client.createCollection(CreateCollectionReq.builder().collectionName("c").dimension(2).build());
    client.close();
  }

  @AfterAll
  static void stop() throws Exception {
    channel.shutdownNow();
    server.close();
  }

  private static <Q extends Message, A extends Message> A call(String method, Q request, A answer) {
    return call(
        method, request, answer, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
  }

  private static <Q extends Message, A extends Message> A call(
      String method, Q request, A answer, CallOptions options) {
    @SuppressWarnings("unchecked") // The default instance has the message's own class.
    MethodDescriptor<Q, A> descriptor =
        MethodDescriptor.<Q, A>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("milvus.proto.milvus.MilvusService/" + method)
            .setRequestMarshaller(
                (MethodDescriptor.Marshaller<Q>)
                    ProtoUtils.marshaller(request.getDefaultInstanceForType()))
            .setResponseMarshaller(ProtoUtils.marshaller(answer))
            .build();
    return ClientCalls.blockingUnaryCall(channel, descriptor, options, request);
  }

  @Test
  void connectingGivesAnIdentifierAndTheRelease() {
    ConnectResponse answer =
        call("Connect", ConnectRequest.getDefaultInstance(), ConnectResponse.getDefaultInstance());
    assertThat(answer.getStatus().getCode()).isZero();
    assertThat(answer.getIdentifier()).isPositive();
    assertThat(answer.getServerInfo().getBuildTags()).startsWith("2.6.");
    assertThat(health().getIsHealthy()).isTrue();
  }

  private static CheckHealthResponse health() {
    return call(
        "CheckHealth",
        CheckHealthRequest.getDefaultInstance(),
        CheckHealthResponse.getDefaultInstance());
  }

  @Test
  void timestampsRise() {
    long first =
        call(
                "AllocTimestamp",
                AllocTimestampRequest.getDefaultInstance(),
                AllocTimestampResponse.getDefaultInstance())
            .getTimestamp();
    long second =
        call(
                "AllocTimestamp",
                AllocTimestampRequest.getDefaultInstance(),
                AllocTimestampResponse.getDefaultInstance())
            .getTimestamp();
    assertThat(second).isGreaterThan(first);
  }

  @Test
  void anExplanationLiesInTheStatusOfTheAnswer() {
    SearchRequest plain =
        SearchRequest.newBuilder()
            .setCollectionName("c")
            .setNq(1)
            .setPlaceholderGroup(nearOrigin())
            .addSearchParams(KeyValuePair.newBuilder().setKey("topk").setValue("3"))
            .build();
    SearchResults unasked = call("Search", plain, SearchResults.getDefaultInstance());
    assertThat(unasked.getStatus().getReason()).isEmpty();
    assertThat(unasked.getStatus().getExtraInfoMap()).isEmpty();
    KeyValuePair.Builder explain = KeyValuePair.newBuilder().setKey("explain");
    SearchResults answer =
        call(
            "Search",
            plain.toBuilder().addSearchParams(explain.setValue("true")).build(),
            SearchResults.getDefaultInstance());
    assertThat(answer.getStatus().getCode()).isZero();
    assertThat(answer.getStatus().getExtraInfoMap().get("explain"))
        .startsWith("{\"read_timestamp\":")
        .contains("\"queries\":1,")
        .endsWith("\"segments\":[]}");
    SearchResults refused =
        call(
            "Search",
            plain.toBuilder().addSearchParams(explain.setValue("maybe")).build(),
            SearchResults.getDefaultInstance());
    assertThat(refused.getStatus().getCode()).isEqualTo(1100);
    assertThat(refused.getStatus().getReason())
        .contains("explain [maybe] is invalid, expected true or false");
  }

  private static ByteString nearOrigin() {
    return PlaceholderGroup.newBuilder()
        .addPlaceholders(
            PlaceholderValue.newBuilder()
                .setTag("$0")
                .setType(PlaceholderType.FloatVector)
                .addValues(ByteString.copyFrom(new byte[8])))
        .build()
        .toByteString();
  }

  @Test
  void whatIsNotServedIsUnimplemented() {
    assertThatThrownBy(() ->
            call(
                "ListResourceGroups",
                ListResourceGroupsRequest.getDefaultInstance(),
                ListResourceGroupsResponse.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    assertThatThrownBy(() ->
            call(
                "NoSuchMethod",
                CheckHealthRequest.getDefaultInstance(),
                CheckHealthResponse.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }

  @Test
  void aRequestOver64MiBIsResourceExhausted() {
    CreateCollectionRequest big =
        CreateCollectionRequest.newBuilder()
            .setSchema(ByteString.copyFrom(new byte[(64 << 20) + 1]))
            .build();
    assertThatThrownBy(
            () -> call("CreateCollection", big, io.milvus.grpc.Status.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
  }

  @Test
  @SuppressWarnings("deprecation") // the older number that old clients read
  void aStaleSchemaIsAnsweredByItsOwnCode() {
    DescribeCollectionResponse described =
        call(
            "DescribeCollection",
            DescribeCollectionRequest.newBuilder().setCollectionName("c").build(),
            DescribeCollectionResponse.getDefaultInstance());
    assertThat(described.getUpdateTimestampStr())
        .isEqualTo(Long.toString(described.getUpdateTimestamp()));
    assertThat(described.getVirtualChannelNamesCount()).isEqualTo(1);
    assertThat(described.getDbName()).isEqualTo("default");
    InsertRequest stale =
        InsertRequest.newBuilder()
            .setCollectionName("c")
            .setNumRows(1)
            .setSchemaTimestamp(described.getUpdateTimestamp() - 1)
            .build();
    MutationResult answer = call("Insert", stale, MutationResult.getDefaultInstance());
    assertThat(answer.getStatus().getCode()).isEqualTo(109);
    assertThat(answer.getStatus().getErrorCodeValue()).isEqualTo(62);
  }

  @Test
  void anUnknownDatabaseHasItsCode() {
    DescribeCollectionRequest request =
        DescribeCollectionRequest.newBuilder().setDbName("nowhere").setCollectionName("c").build();
    DescribeCollectionResponse answer =
        call("DescribeCollection", request, DescribeCollectionResponse.getDefaultInstance());
    assertThat(answer.getStatus().getCode()).isEqualTo(800);
    assertThat(answer.getStatus().getReason()).isEqualTo("database not found[database=nowhere]");
  }

  @Test
  void featuresToComeAreRefusedByName() {
    SearchRequest byKeys =
        SearchRequest.newBuilder()
            .setCollectionName("c")
            .setIds(
                io.milvus.grpc.IDs.newBuilder()
                    .setIntId(io.milvus.grpc.LongArray.newBuilder().addData(1)))
            .build();
    SearchResults answer = call("Search", byKeys, SearchResults.getDefaultInstance());
    assertThat(answer.getStatus().getCode()).isEqualTo(1100);
    assertThat(answer.getStatus().getReason())
        .startsWith("search by primary keys is not supported yet");
  }

  @Test
  void aFlushIsDoneOnceItsPositionIsCommitted() {
    FlushResponse flush =
        call(
            "Flush",
            FlushRequest.newBuilder().addCollectionNames("c").build(),
            FlushResponse.getDefaultInstance());
    assertThat(flush.getStatus().getCode()).isZero();
    long timestamp = flush.getCollFlushTsOrThrow("c");
    GetFlushStateRequest bySegment =
        GetFlushStateRequest.newBuilder()
            .addAllSegmentIDs(flush.getCollSegIDsOrThrow("c").getDataList())
            .setFlushTs(timestamp)
            .build();
    assertThat(
            call("GetFlushState", bySegment, GetFlushStateResponse.getDefaultInstance())
                .getFlushed())
        .isFalse();
    // What the ingest job does, with or without rows to commit.
    server
        .lake()
        .table(server.lake().collection("default", "c").orElseThrow())
        .iceberg()
        .updateProperties()
        .set("tidemark.position.0", Long.toString(timestamp))
        .commit();
    assertThat(
            call("GetFlushState", bySegment, GetFlushStateResponse.getDefaultInstance())
                .getFlushed())
        .isTrue();
    GetFlushStateRequest byName =
        GetFlushStateRequest.newBuilder().setCollectionName("c").setFlushTs(timestamp + 1).build();
    assertThat(
            call("GetFlushState", byName, GetFlushStateResponse.getDefaultInstance()).getFlushed())
        .isFalse();
    // A shard that has nothing to commit.
    server.control().put(ControlKeys.POSITION + "0", Long.toString(timestamp + 1));
    server.control().put(ControlKeys.POSITION + "1", Long.toString(timestamp + 1));
    assertThat(
            call("GetFlushState", byName, GetFlushStateResponse.getDefaultInstance()).getFlushed())
        .isTrue();
    String aside = ControlKeys.ASIDE + flush.getCollSegIDsOrThrow("c").getData(0) + "/0";
    server.control().put(aside, "what its table could not take");
    assertThat(
            call("GetFlushState", byName, GetFlushStateResponse.getDefaultInstance()).getFlushed())
        .isFalse();
    server.control().delete(aside);
  }

  @Test
  void garbageAndPlainHttpCloseTheConnectionAndNothingElse() throws Exception {
    for (String hello :
        new String[] {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\0\1\2\3garbage".repeat(50)}) {
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(hello.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        drain(socket.getInputStream());
      }
    }
    assertThat(health().getIsHealthy()).isTrue();
  }

  private static void drain(InputStream in) throws Exception {
    try {
      byte[] answer = in.readAllBytes();
      assertThat(new String(answer, StandardCharsets.ISO_8859_1))
          .doesNotContain("Exception", "at io.");
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void garbageInsteadOfAMessageIsNoAnswer() {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("milvus.proto.milvus.MilvusService/Search")
            .setRequestMarshaller(new Raw())
            .setResponseMarshaller(new Raw())
            .build();
    byte[] garbage = "\7\7\7\7\377\377\377".getBytes(StandardCharsets.ISO_8859_1);
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, raw, options, garbage))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new java.io.ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
