package io.tidemark.serving.rpc;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.catalog.AliasChanges;
import io.tidemark.serving.catalog.ChangeContext;
import io.tidemark.serving.catalog.CollectionChanges;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.DatabaseChanges;
import io.tidemark.serving.catalog.IndexChanges;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.catalog.PartitionChanges;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.write.EntityWriter;
import io.tidemark.serving.write.FilterDeletion;
import io.tidemark.serving.write.FlushLog;
import io.tidemark.serving.write.ShardLog;
import io.tidemark.serving.write.WriteGates;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.log.ChannelWriters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC server that speaks Milvus's protocol. Each request that may wait runs on a virtual
 * thread. Starting it finishes what a kill left half done, and loads again what was loaded. Closing
 * it lets requests under way end; what it was given stays open.
 */
public final class MilvusServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MilvusServer.class);
  private static final int GRACE_SECONDS = 5;

  private final Server server;
  private final ExecutorService requests;
  private final CollectionDirectory directory;

  private MilvusServer(Server server, ExecutorService requests, CollectionDirectory directory) {
    this.server = server;
    this.requests = requests;
    this.directory = directory;
  }

  /**
   * @throws UncheckedIOException if the address can't be bound
   */
  public static MilvusServer start(
      ServingConfig config,
      Lake lake,
      ChannelWriters writers,
      ControlStore control,
      ReadService read) {
    Transport.install();
    ShardLog log = new ShardLog(writers);
    WriteGates gates = new WriteGates();
    CollectionDirectory directory = CollectionDirectory.open(lake, control);
    ChangeContext context =
        new ChangeContext(
            directory,
            lake,
            control,
            log,
            gates,
            read,
            config.pchannels(),
            config.requestTimeout());
    LoadStates loads = new LoadStates(context);
    ExecutorService requests =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc-", 0).factory());
    MethodTable methods = methods(config, context, loads, requests);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(config.bindAddress(), config.port()))
            // What may wait runs elsewhere; all else of a call is too short to be handed over.
            .directExecutor()
            .maxInboundMessageSize(ProtocolLimits.RECEIVE_BYTES_MAX)
            .intercept(new RequestHeaders())
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(methods.build())
            .build();
    loads.restore();
    try {
      server.start();
    } catch (IOException e) {
      requests.shutdownNow();
      throw new UncheckedIOException(
          "can't listen on "
              + config.bindAddress()
              + ":"
              + config.port()
              + " for gRPC: "
              + e.getMessage(),
          e);
    }
    LOG.info(
        "gRPC server listens on {}:{}, collections: {}",
        config.bindAddress(),
        server.getPort(),
        directory.collections().size());
    return new MilvusServer(server, requests, directory);
  }

  private static MethodTable methods(
      ServingConfig config, ChangeContext context, LoadStates loads, Executor requests) {
    CollectionDirectory directory = context.directory();
    ReadService read = context.read();
    ShardLog log = context.log();
    DatabaseChanges databases = new DatabaseChanges(context);
    EntityWriter writer = new EntityWriter(log, config.space());
    Guarantees guarantees = new Guarantees(log, System::currentTimeMillis);
    ReadTargets targets = new ReadTargets(directory, loads);
    MethodTable methods = new MethodTable(config.requestTimeout(), requests);
    new SessionCalls(directory, log).register(methods);
    new DatabaseCalls(directory, databases).register(methods);
    new CollectionCalls(
            directory,
            new CollectionChanges(context),
            new CollectionDescriptions(directory, databases),
            loads,
            read,
            log)
        .register(methods);
    new PartitionCalls(directory, new PartitionChanges(context, loads), loads, read)
        .register(methods);
    new AliasCalls(directory, new AliasChanges(context)).register(methods);
    new IndexCalls(directory, new IndexChanges(context, loads), read).register(methods);
    new LoadCalls(directory, loads).register(methods);
    new WriteCalls(
            directory, loads, context.gates(), writer, new FilterDeletion(writer, read, log), read)
        .register(methods);
    new FlushCalls(directory, new FlushLog(log, context.lake(), context.control()))
        .register(methods);
    new SearchCalls(targets, guarantees, read).register(methods);
    new QueryCalls(targets, guarantees, read).register(methods);
    return methods;
  }

  public int port() {
    return server.getPort();
  }

  /** Collections by name, as clients see them. */
  public CollectionDirectory collections() {
    return directory;
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    requests.shutdownNow();
  }
}
