package io.tidemark.jobs.coordinate.host;

/** A function did not take a message. */
final class FunctionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  FunctionFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  FunctionFailedException(String message) {
    super(message);
  }
}
