package io.tidemark.tests.operations;

import io.tidemark.standalone.cli.TidemarkCommand;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Stream;

/** Runs {@code tidemark} in this process, against a running system. */
final class Cli {
  private Cli() {}

  /** How a command ended, and what it printed. */
  record Ended(int status, String out, String err) {}

  static Ended run(TidemarkProcess tidemark, String... arguments) {
    return plain(
        Stream.concat(Arrays.stream(arguments), Stream.of("--data", tidemark.data().toString()))
            .toArray(String[]::new));
  }

  static Ended plain(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = TidemarkCommand.ask(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Ended(status, out.toString(), err.toString());
  }
}
