package io.tidemark.connectors.client;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a running Tidemark. Connects when first used, and again after it was lost.
 * Thread-safe.
 *
 * <p>Whatever fails is a {@link TidemarkException} with the server's code and text; a server that
 * is away is {@link ErrorCode#SERVICE_NOT_READY}. {@link #call} tries once, {@link #retrying} and
 * all methods that return no future try again, with growing pauses, what is retriable, until {@link
 * #PATIENCE} has passed.
 */
public final class TidemarkClient implements AutoCloseable {
  /** How long requests are tried again. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration CALL_LIMIT = Duration.ofSeconds(60);
  private static final int MESSAGE_BYTES_MAX = 256 << 20;
  private static final long PAUSE_FIRST_MS = 50;
  private static final long PAUSE_MAX_MS = 2_000;
  private static final long CLOSE_LIMIT_S = 5;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Endpoint endpoint;
  private final ManagedChannel channel;
  private final CollectionCalls collections = new CollectionCalls(this);
  private final DatabaseCalls databases = new DatabaseCalls(this);

  private TidemarkClient(Endpoint endpoint, ManagedChannel channel) {
    this.endpoint = endpoint;
    this.channel = channel;
  }

  /** Does not wait for a connection. */
  public static TidemarkClient connect(Endpoint endpoint) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(endpoint.grpc())
            .usePlaintext()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .keepAliveTime(60, TimeUnit.SECONDS);
    if (endpoint.token() != null) {
      Metadata headers = new Metadata();
      headers.put(
          AUTHORIZATION,
          Base64.getEncoder().encodeToString(endpoint.token().getBytes(StandardCharsets.UTF_8)));
      builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    return new TidemarkClient(endpoint, builder.build());
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /** Collections: look up, create, alter, drop, index, load. */
  public CollectionCalls collections() {
    return collections;
  }

  /** Databases: list, create, alter, drop. */
  public DatabaseCalls databases() {
    return databases;
  }

  /** One attempt, ended after a minute. An answer whose status tells of an error is a failure. */
  public <R, A> CompletableFuture<A> call(MethodDescriptor<R, A> method, R request) {
    return call(method, request, CALL_LIMIT);
  }

  /** One attempt, ended after that time. */
  public <R, A> CompletableFuture<A> call(
      MethodDescriptor<R, A> method, R request, Duration limit) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            method, CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)),
        request,
        new Answer<>(answer));
    return answer.handle((given, failure) -> {
      if (failure != null) {
        throw Failures.of(failure, name(method), endpoint);
      }
      return Failures.check(given);
    });
  }

  private static String name(MethodDescriptor<?, ?> method) {
    return String.valueOf(method.getBareMethodName());
  }

  /** Attempts until one succeeds, fails for good, or the time is over. */
  public <R, A> CompletableFuture<A> retrying(
      MethodDescriptor<R, A> method, R request, Duration patience) {
    return attempt(method, request, System.nanoTime() + patience.toNanos(), PAUSE_FIRST_MS);
  }

  private <R, A> CompletableFuture<A> attempt(
      MethodDescriptor<R, A> method, R request, long deadline, long pauseMs) {
    return call(method, request)
        .exceptionallyCompose(failure -> {
          TidemarkException known = Failures.of(failure, name(method), endpoint);
          if (!worthAnother(known.code())
              || System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs) > deadline) {
            return CompletableFuture.failedFuture(known);
          }
          return new CompletableFuture<Boolean>()
              .completeOnTimeout(true, pauseMs, TimeUnit.MILLISECONDS)
              .thenCompose(passed ->
                  attempt(method, request, deadline, Math.min(2 * pauseMs, PAUSE_MAX_MS)));
        });
  }

  /** The same request cannot do better against another schema. */
  private static boolean worthAnother(ErrorCode code) {
    return code.retriable() && code != ErrorCode.SCHEMA_MISMATCH;
  }

  /** As {@link #retrying}, and waits for the answer. */
  <R, A> A answer(MethodDescriptor<R, A> method, R request) {
    try {
      return retrying(method, request, PATIENCE).join();
    } catch (CompletionException e) {
      throw Failures.of(e, name(method), endpoint);
    }
  }

  /**
   * @throws TidemarkException if there is no such collection, or its schema has what this version
   *     does not know
   */
  public CollectionDescription describe(String database, String collection) {
    return collections.describe(database, collection);
  }

  /**
   * Where log and lake are.
   *
   * @throws TidemarkException retriable if the HTTP endpoint cannot be reached
   */
  public Stores stores() {
    URI uri = URI.create(endpoint.http() + "/admin/stores");
    String body = get(uri);
    try {
      return Stores.ofJson(body);
    } catch (IllegalArgumentException e) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED, uri + " does not say where log and lake are: " + e.getMessage(), e);
    }
  }

  private static String get(URI uri) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            uri + " answered " + answer.statusCode() + ": " + answer.body().strip());
      }
      return answer.body();
    } catch (IOException e) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          uri
              + " cannot be reached ("
              + e
              + "). The option 'http-endpoint' says where it is; without it give 'lake.catalog',"
              + " 'lake.warehouse' and 'log.bootstrap'",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY, "interrupted while asking " + uri, e);
    }
  }

  /** Calls under way fail. */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_LIMIT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Answer<A>(CompletableFuture<A> future) implements StreamObserver<A> {
    @Override
    public void onNext(A value) {
      future.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      future.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      if (!future.isDone()) {
        future.completeExceptionally(
            new TidemarkException(ErrorCode.UNEXPECTED, "the server ended the call unanswered"));
      }
    }
  }
}
