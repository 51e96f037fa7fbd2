package io.tidemark.serving.rpc;

import io.milvus.grpc.AllocTimestampRequest;
import io.milvus.grpc.AllocTimestampResponse;
import io.milvus.grpc.CheckHealthRequest;
import io.milvus.grpc.CheckHealthResponse;
import io.milvus.grpc.ConnectRequest;
import io.milvus.grpc.ConnectResponse;
import io.milvus.grpc.GetVersionRequest;
import io.milvus.grpc.GetVersionResponse;
import io.milvus.grpc.ServerInfo;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.wire.Statuses;
import io.tidemark.serving.write.ShardLog;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connecting, version, health, timestamps. */
final class SessionCalls {
  private static final Logger LOG = LoggerFactory.getLogger(SessionCalls.class);

  private final CollectionDirectory directory;
  private final ShardLog log;
  private final String startTime = Instant.now().toString();

  SessionCalls(CollectionDirectory directory, ShardLog log) {
    this.directory = directory;
    this.log = log;
  }

  void register(MethodTable methods) {
    methods.add(
        "Connect",
        ConnectRequest.getDefaultInstance(),
        ConnectResponse.getDefaultInstance(),
        this::connect);
    methods.add(
        "GetVersion",
        GetVersionRequest.getDefaultInstance(),
        GetVersionResponse.getDefaultInstance(),
        this::version);
    methods.add(
        "CheckHealth",
        CheckHealthRequest.getDefaultInstance(),
        CheckHealthResponse.getDefaultInstance(),
        this::health);
    methods.add(
        "AllocTimestamp",
        AllocTimestampRequest.getDefaultInstance(),
        AllocTimestampResponse.getDefaultInstance(),
        this::timestamp);
  }

  private ConnectResponse connect(ConnectRequest request, Call call) {
    directory.requireDatabase(call.database(""));
    return ConnectResponse.newBuilder()
        .setStatus(Statuses.ok())
        // Clients take 0 for a server that knows no sessions.
        .setIdentifier(log.allocate())
        .setServerInfo(
            ServerInfo.newBuilder()
                .setBuildTags(ProtocolLimits.MILVUS_VERSION)
                .setBuildTime(startTime)
                .setGitCommit("tidemark")
                .setGoVersion("java " + Runtime.version().feature())
                .setDeployMode("STANDALONE"))
        .build();
  }

  private GetVersionResponse version(GetVersionRequest request, Call call) {
    return GetVersionResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setVersion(ProtocolLimits.MILVUS_VERSION)
        .build();
  }

  /** Healthy if what a request needs first can be reached: the catalog and the control state. */
  private CheckHealthResponse health(CheckHealthRequest request, Call call) {
    CheckHealthResponse.Builder answer =
        CheckHealthResponse.newBuilder().setStatus(Statuses.ok()).setIsHealthy(true);
    try {
      directory.probe();
    } catch (RuntimeException e) {
      LOG.warn("not healthy: {}", e.getMessage());
      answer
          .setIsHealthy(false)
          .addReasons("catalog or control state can't be reached: " + e.getMessage());
    }
    return answer.build();
  }

  private AllocTimestampResponse timestamp(AllocTimestampRequest request, Call call) {
    return AllocTimestampResponse.newBuilder()
        .setStatus(Statuses.ok())
        .setTimestamp(log.allocate())
        .build();
  }
}
