package io.tidemark.jobs.coordinate.function;

import org.apache.flink.statefun.sdk.java.TypeName;

/** A message to a function that does not take its kind. */
final class Misdirected extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private Misdirected(String message) {
    super(message);
  }

  static Misdirected of(Message message, TypeName function) {
    return new Misdirected(
        function.asTypeNameString()
            + " takes no "
            + message.getClass().getSimpleName()
            + ": "
            + message);
  }
}
