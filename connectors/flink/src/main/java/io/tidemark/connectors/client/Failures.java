package io.tidemark.connectors.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import io.milvus.grpc.Status;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What the server or the connection says went wrong, as Tidemark's one exception. */
final class Failures {
  private static final String STATUS_FIELD = "status";

  /** What gRPC says of a message that the server's limit does not let through. */
  private static final String TOO_LARGE = "maximum size";

  private Failures() {}

  /** The answer itself if it tells of no error. */
  static <A> A check(A answer) {
    Status status = status(answer);
    if (status == null || status.getCode() == 0) {
      return answer;
    }
    for (ErrorCode code : ErrorCode.values()) {
      if (code.code() == status.getCode()) {
        throw new TidemarkException(code, status.getReason());
      }
    }
    throw new TidemarkException(
        status.getRetriable() ? ErrorCode.SERVICE_NOT_READY : ErrorCode.UNEXPECTED,
        status.getCode() + " " + status.getReason());
  }

  private static @Nullable Status status(Object answer) {
    if (answer instanceof Status status) {
      return status;
    }
    if (answer instanceof Message message) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName(STATUS_FIELD);
      if (field != null && message.getField(field) instanceof Status status) {
        return status;
      }
    }
    return null;
  }

  /** Any failure of a call. */
  static TidemarkException of(Throwable failure, String method, Endpoint endpoint) {
    Throwable cause = unwrap(failure);
    if (cause instanceof TidemarkException known) {
      return known;
    }
    String what = method + " of " + endpoint.grpc() + " failed: ";
    if (!(cause instanceof StatusRuntimeException transport)) {
      return new TidemarkException(ErrorCode.UNEXPECTED, what + cause, cause);
    }
    String text = "" + transport.getStatus().getDescription();
    return switch (transport.getStatus().getCode()) {
      case UNAVAILABLE ->
          new TidemarkException(
              ErrorCode.SERVICE_NOT_READY,
              what + text + ". Is Tidemark running there? The option 'endpoint' says where it is",
              transport);
      case DEADLINE_EXCEEDED, ABORTED, CANCELLED ->
          new TidemarkException(ErrorCode.SERVICE_NOT_READY, what + text, transport);
      case RESOURCE_EXHAUSTED ->
          new TidemarkException(
              text.contains(TOO_LARGE) ? ErrorCode.INVALID_PARAMETER : ErrorCode.RATE_LIMIT,
              what + text,
              transport);
      case UNAUTHENTICATED ->
          new TidemarkException(ErrorCode.UNAUTHENTICATED, what + text, transport);
      case PERMISSION_DENIED ->
          new TidemarkException(ErrorCode.PERMISSION_DENIED, what + text, transport);
      case UNIMPLEMENTED -> new TidemarkException(ErrorCode.UNSUPPORTED, what + text, transport);
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          INTERNAL,
          DATA_LOSS ->
          new TidemarkException(ErrorCode.UNEXPECTED, what + transport.getStatus(), transport);
    };
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable current = failure;
    while ((current instanceof CompletionException || current instanceof ExecutionException)
        && current.getCause() != null) {
      current = current.getCause();
    }
    return current;
  }
}
