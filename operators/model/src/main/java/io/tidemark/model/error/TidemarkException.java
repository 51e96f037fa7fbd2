package io.tidemark.model.error;

import org.jspecify.annotations.Nullable;

/** The one exception a request can end with: a code for programs, a message for people. */
public final class TidemarkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public TidemarkException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public TidemarkException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** A parameter is wrong: 1100. The message says what, where, the value seen and the limit. */
  public static TidemarkException invalid(String message) {
    return new TidemarkException(ErrorCode.INVALID_PARAMETER, message);
  }

  public ErrorCode code() {
    return code;
  }
}
