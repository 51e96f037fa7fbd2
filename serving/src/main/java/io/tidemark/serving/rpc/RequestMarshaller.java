package io.tidemark.serving.rpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests without throwing: gRPC takes a marshaller's exception for the server's fault and
 * logs it, but bytes that are no message are the client's.
 */
final class RequestMarshaller<Q extends Message>
    implements MethodDescriptor.Marshaller<RequestMarshaller.Received<Q>> {
  private final MethodDescriptor.Marshaller<Q> marshaller;

  RequestMarshaller(Q prototype) {
    this.marshaller = ProtoUtils.marshaller(prototype);
  }

  /**
   * @param message null if the bytes were none
   */
  record Received<Q extends Message>(@Nullable Q message) {}

  @Override
  public InputStream stream(Received<Q> value) {
    throw new UnsupportedOperationException("requests are only received");
  }

  @Override
  public Received<Q> parse(InputStream stream) {
    try {
      return new Received<>(marshaller.parse(stream));
    } catch (StatusRuntimeException e) {
      return new Received<>(null);
    }
  }
}
