package io.tidemark.standalone.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What Flink's SQL client prints while it runs a script, and whether it said that a statement
 * failed: it ends with the same status either way. Not thread-safe.
 */
final class ScriptOutput extends FilterOutputStream {
  /** In red, as no row of a result is. */
  private static final byte[] ERROR = "\u001b[31;1m[ERROR]".getBytes(US_ASCII);

  private int matched;
  private boolean error;

  ScriptOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int value) throws IOException {
    if (value != ERROR[matched]) {
      matched = value == ERROR[0] ? 1 : 0;
    } else if (++matched == ERROR.length) {
      error = true;
      matched = 0;
    }
    out.write(value);
  }

  boolean hasError() {
    return error;
  }
}
