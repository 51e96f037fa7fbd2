package io.tidemark.connectors.lake;

/**
 * The rows do not fit their table, however often it is tried; the message names field, type and
 * value.
 */
final class UnwritableRowsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnwritableRowsException(String message) {
    super(message);
  }

  UnwritableRowsException(String message, Throwable cause) {
    super(message, cause);
  }
}
