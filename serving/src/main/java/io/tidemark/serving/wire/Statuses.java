package io.tidemark.serving.wire;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.milvus.grpc.ErrorCode;
import io.milvus.grpc.Status;
import io.tidemark.model.error.TidemarkException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one map from errors to the wire. Clients fail if {@code code} or the older {@code error_code}
 * is not zero, so both are filled; gRPC's own status stays OK.
 */
public final class Statuses {
  private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);
  private static final Status OK = Status.newBuilder().build();
  private static final String STATUS_FIELD = "status";

  private Statuses() {}

  public static Status ok() {
    return OK;
  }

  /**
   * @param request the kind of request that failed, for the log
   */
  public static Status of(Throwable failure, String request) {
    Throwable cause = unwrap(failure);
    if (cause instanceof TidemarkException known) {
      LOG.debug("{} refused: {} {}", request, known.code(), known.getMessage());
      return of(known);
    }
    LOG.error("{} failed unexpectedly", request, cause);
    String reason =
        request
            + " failed: "
            + cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    return of(new TidemarkException(io.tidemark.model.error.ErrorCode.UNEXPECTED, reason, cause));
  }

  private static Status of(TidemarkException error) {
    io.tidemark.model.error.ErrorCode code = error.code();
    String reason = error.getMessage() == null ? code.name() : error.getMessage();
    Status.Builder status =
        Status.newBuilder()
            .setCode(code.code())
            .setReason(reason)
            .setDetail(reason)
            .setRetriable(code.retriable());
    setLegacy(status, code.legacy());
    boolean input =
        switch (code.origin()) {
          case INPUT -> true;
          case SYSTEM -> false;
        };
    return status.putExtraInfo("is_input_error", String.valueOf(input)).build();
  }

  @SuppressWarnings("deprecation") // Clients up to 2.2 read nothing else.
  private static void setLegacy(Status.Builder status, int number) {
    status.setErrorCode(ErrorCode.forNumber(number));
  }

  /**
   * An answer of that type that carries nothing but the error: the status itself, or a message with
   * a status field.
   */
  public static <T extends Message> T answer(T prototype, Status status) {
    if (prototype instanceof Status) {
      return cast(prototype, status);
    }
    FieldDescriptor field = prototype.getDescriptorForType().findFieldByName(STATUS_FIELD);
    if (field == null) {
      throw new IllegalArgumentException(
          prototype.getDescriptorForType().getFullName() + " has no status");
    }
    return cast(prototype, prototype.newBuilderForType().setField(field, status).build());
  }

  @SuppressWarnings("unchecked") // Made by the prototype's own builder.
  private static <T extends Message> T cast(T prototype, Message message) {
    return (T) prototype.getClass().cast(message);
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
