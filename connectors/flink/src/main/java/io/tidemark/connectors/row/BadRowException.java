package io.tidemark.connectors.row;

/**
 * A row that the collection cannot take. The message names the row by its key, the column, the
 * value seen and what would be right.
 */
public final class BadRowException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadRowException(String message) {
    super(message);
  }

  public BadRowException(String message, Throwable cause) {
    super(message, cause);
  }
}
