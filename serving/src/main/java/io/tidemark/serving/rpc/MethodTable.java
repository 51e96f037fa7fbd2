package io.tidemark.serving.rpc;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.milvus.grpc.MilvusProto;
import io.tidemark.serving.rpc.RequestMarshaller.Received;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

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
  private final Executor threads;
  private final PromptTurns promptTurns = new PromptTurns();

  /**
   * @param threads where requests are answered that may wait
   */
  MethodTable(Duration defaultTimeout, Executor threads) {
    this.defaultTimeout = defaultTimeout;
    this.threads = threads;
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
    add(name, request, answer, (asked, call) -> () -> handler.handle(asked, call), null);
  }

  /**
   * As the other, for requests that may be small enough to be answered by the transport's thread.
   */
  <Q extends Message, A extends Message> void addPrompt(
      String name, Q request, A answer, PromptHandler<Q, A> handler) {
    add(name, request, answer, handler, promptTurns);
  }

  private <Q extends Message, A extends Message> void add(
      String name, Q request, A answer, PromptHandler<Q, A> handler, @Nullable PromptTurns turns) {
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
            new ServedMethod<>(name, answer, defaultTimeout, threads, handler, turns)));
  }

  ServerServiceDefinition build() {
    return service.build();
  }
}
