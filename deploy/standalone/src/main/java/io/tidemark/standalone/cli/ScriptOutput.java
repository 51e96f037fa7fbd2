package io.tidemark.standalone.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Flink's SQL client prints while it runs a script, and whether it said that a statement
 * failed: it ends with the same status either way. Leaves out what it says of its history, and
 * begins a line where it puts a result right behind the statement that it repeats. Writes whole
 * lines, so that the last prompt, which nobody answers, is left out too. Not thread-safe.
 */
final class ScriptOutput extends FilterOutputStream {
  /** In red, as no row of a result is. */
  private static final byte[] ERROR = "\u001b[31;1m[ERROR]".getBytes(US_ASCII);

  private static final String PROMPT = "Flink SQL> ";
  private static final String LEFT_OUT = "Command history file path";

  /** A statement, or the prompt alone, and the head of a table or a message in colour. */
  private static final Pattern TOGETHER =
      Pattern.compile(
          "((?:" + PROMPT + "|> ).*?)(\\+-[-+]*\\+\\s*|\u001b\\[3\\d;1m\\[[A-Z]+].*)",
          Pattern.DOTALL);

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
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
    line.write(value);
    if (value == '\n') {
      write(line.toString(UTF_8));
      line.reset();
    }
  }

  private void write(String text) throws IOException {
    if (!text.startsWith(LEFT_OUT)) {
      Matcher together = TOGETHER.matcher(text);
      if (together.matches()) {
        String statement = together.group(1);
        out.write((statement.equals(PROMPT) ? "" : statement + "\n").getBytes(UTF_8));
        out.write(together.group(2).getBytes(UTF_8));
      } else {
        out.write(text.getBytes(UTF_8));
      }
      out.flush();
    }
  }

  boolean hasError() {
    return error;
  }
}
