package io.tidemark.jobs.coordinate.host;

import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.slice.Slice;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.apache.flink.statefun.sdk.reqreply.generated.Address;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction.InvocationBatchRequest;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;
import org.apache.flink.statefun.sdk.shaded.com.google.protobuf.ByteString;
import org.apache.flink.statefun.sdk.shaded.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a function: the bytes of the request-reply protocol's {@code
 * ToFunction.InvocationBatchRequest} with a target, exactly one invocation and no state. The same
 * bytes go between operators and through Kafka.
 */
public final class Envelope {
  private Envelope() {}

  /** A message from outside of any function. */
  public static <T> byte[] of(TypeName function, String id, Type<T> type, T value) {
    Address target =
        Address.newBuilder()
            .setNamespace(function.namespace())
            .setType(function.name())
            .setId(id)
            .build();
    return of(target, null, typed(type, value)).toByteArray();
  }

  static InvocationBatchRequest of(Address target, @Nullable Address caller, TypedValue argument) {
    ToFunction.Invocation.Builder invocation =
        ToFunction.Invocation.newBuilder().setArgument(argument);
    if (caller != null) {
      invocation.setCaller(caller);
    }
    return InvocationBatchRequest.newBuilder().setTarget(target).addInvocations(invocation).build();
  }

  private static <T> TypedValue typed(Type<T> type, T value) {
    Slice bytes = type.typeSerializer().serialize(value);
    return TypedValue.newBuilder()
        .setTypename(type.typeName().asTypeNameString())
        .setHasValue(true)
        .setValue(ByteString.copyFrom(bytes.asReadOnlyByteBuffer()))
        .build();
  }

  /**
   * @throws IllegalArgumentException if these bytes are no envelope; the message has the reason
   */
  static InvocationBatchRequest parse(byte[] bytes) {
    InvocationBatchRequest parsed;
    try {
      parsed = InvocationBatchRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("no message to a function: " + e.getMessage(), e);
    }
    if (parsed.getTarget().getType().isEmpty() || parsed.getInvocationsCount() != 1) {
      throw new IllegalArgumentException(
          "no message to a function: target '"
              + address(parsed.getTarget())
              + "' and "
              + parsed.getInvocationsCount()
              + " invocations, it has a target and one");
    }
    return parsed;
  }

  /** The target as {@code NAMESPACE/TYPE/ID}: the key by which messages find their function. */
  public static String target(byte[] envelope) {
    return address(parse(envelope).getTarget());
  }

  static String address(Address address) {
    return function(address) + "/" + address.getId();
  }

  static String function(Address address) {
    return address.getNamespace() + "/" + address.getType();
  }
}
