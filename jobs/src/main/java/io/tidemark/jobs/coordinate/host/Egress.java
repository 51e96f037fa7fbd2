package io.tidemark.jobs.coordinate.host;

import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.slice.Slices;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.EgressMessage;
import org.apache.flink.statefun.sdk.shaded.com.google.protobuf.InvalidProtocolBufferException;

/** A message that leaves the functions: the bytes of the protocol's {@code EgressMessage}. */
public final class Egress {
  private Egress() {}

  /** Whether the message is for this egress. */
  public static boolean isFor(TypeName egress, byte[] message) {
    EgressMessage parsed = parse(message);
    return parsed.getEgressNamespace().equals(egress.namespace())
        && parsed.getEgressType().equals(egress.name());
  }

  public static <T> T value(Type<T> type, byte[] message) {
    return type.typeSerializer()
        .deserialize(Slices.wrap(parse(message).getArgument().getValue().toByteArray()));
  }

  private static EgressMessage parse(byte[] message) {
    try {
      return EgressMessage.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the host handed on what is no message to an egress", e);
    }
  }
}
