package io.tidemark.serving.rpc;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.milvus.grpc.MilvusProto;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.rpc.RequestMarshaller.Received;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.wire.Statuses;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The methods of {@code milvus.proto.milvus.MilvusService} that are served, by name; gRPC answers
 * the others UNIMPLEMENTED. Whatever a handler throws becomes an answer with a status, never a gRPC
 * failure.
 */
final class MethodTable {
  private static final Descriptors.ServiceDescriptor SERVICE =
      MilvusProto.getDescriptor().findServiceByName("MilvusService");

  private final ServerServiceDefinition.Builder service =
      ServerServiceDefinition.builder(SERVICE.getFullName());
  private final Duration defaultTimeout;
  private final Executor handlers;

  /**
   * @param handlers runs what answers a request
   */
  MethodTable(Duration defaultTimeout, Executor handlers) {
    this.defaultTimeout = defaultTimeout;
    this.handlers = handlers;
  }

  /** Answers one kind of request, on a virtual thread of its own; thread-safe. */
  @FunctionalInterface
  interface Handler<Q extends Message, A extends Message> {
    A handle(Q request, Call call);
  }

  /**
   * @param request the default instance of the request's type
   * @param answer the default instance of the answer's type
   * @throws IllegalArgumentException if the protocol has no such method, or with other types
   */
  <Q extends Message, A extends Message> void add(
      String name, Q request, A answer, Handler<Q, A> handler) {
    Descriptors.MethodDescriptor method = SERVICE.findMethodByName(name);
    if (method == null
        || !method.getInputType().equals(request.getDescriptorForType())
        || !method.getOutputType().equals(answer.getDescriptorForType())) {
      throw new IllegalArgumentException(
          "the protocol has no method " + name + " with these types");
    }
    MethodDescriptor<Received<Q>, A> descriptor =
        MethodDescriptor.<Received<Q>, A>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE.getFullName(), name))
            .setRequestMarshaller(new RequestMarshaller<>(request))
            .setResponseMarshaller(ProtoUtils.marshaller(answer))
            .build();
    service.addMethod(
        descriptor,
        ServerCalls.asyncUnaryCall(
            (received, observer) -> accept(name, received, answer, handler, observer)));
  }

  /** On the transport's thread. */
  private <Q extends Message, A extends Message> void accept(
      String name,
      Received<Q> received,
      A prototype,
      Handler<Q, A> handler,
      StreamObserver<A> observer) {
    if (observer instanceof ServerCallStreamObserver<A> call) {
      // With a handler, answering a client that is gone is no error.
      call.setOnCancelHandler(() -> {});
    }
    Context context = Context.current();
    handlers.execute(context.wrap(() -> serve(name, received, prototype, handler, observer)));
  }

  ServerServiceDefinition build() {
    return service.build();
  }

  private <Q extends Message, A extends Message> void serve(
      String name,
      Received<Q> received,
      A prototype,
      Handler<Q, A> handler,
      StreamObserver<A> observer) {
    if (Context.current().isCancelled()) {
      return;
    }
    A answer;
    try {
      Q request = received.message();
      if (request == null) {
        observer.onError(
            Status.INVALID_ARGUMENT
                .withDescription("the request is no serialized message of " + name)
                .asRuntimeException());
        return;
      }
      answer = handler.handle(request, Call.current(name, defaultTimeout));
      long bytes = answer.getSerializedSize();
      if (bytes > ProtocolLimits.SEND_BYTES_MAX) {
        throw TidemarkException.invalid(
            "the answer has "
                + bytes
                + " bytes, the limit is "
                + ProtocolLimits.SEND_BYTES_MAX
                + "; ask for fewer rows, queries or output fields");
      }
    } catch (RuntimeException | Error e) {
      // Of errors too the client must hear, or it waits for its deadline.
      answer = Statuses.answer(prototype, Statuses.of(e, name));
    }
    try {
      observer.onNext(answer);
      observer.onCompleted();
    } catch (RuntimeException | Error e) {
      observer.onError(e);
    }
  }
}
