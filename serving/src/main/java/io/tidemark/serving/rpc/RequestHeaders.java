package io.tidemark.serving.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Keeps the headers that handlers need. */
final class RequestHeaders implements ServerInterceptor {
  /** The database of requests that name none. */
  static final Context.Key<String> DATABASE = Context.key("dbname");

  private static final Metadata.Key<String> DATABASE_HEADER =
      Metadata.Key.of("dbname", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String database = headers.get(DATABASE_HEADER);
    return Contexts.interceptCall(
        Context.current().withValue(DATABASE, database == null ? "" : database.trim()),
        call,
        headers,
        next);
  }
}
