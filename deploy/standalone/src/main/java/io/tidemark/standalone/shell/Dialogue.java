package io.tidemark.standalone.shell;

import java.nio.file.Path;
import org.apache.flink.table.client.cli.CliClient.ExecutionMode;
import org.apache.flink.table.client.cli.CliStrings;
import org.apache.flink.table.client.cli.Printer;
import org.apache.flink.table.client.cli.SqlCompleter;
import org.apache.flink.table.client.cli.parser.SqlClientSyntaxHighlighter;
import org.apache.flink.table.client.cli.parser.SqlCommandParserImpl;
import org.apache.flink.table.client.cli.parser.SqlMultiLineParser;
import org.apache.flink.table.client.config.SqlClientOptions;
import org.apache.flink.table.client.gateway.Executor;
import org.apache.flink.table.client.gateway.SqlExecutionException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * Statements typed one after the other, with Flink's own parser, completion, highlighting and
 * printing. The loop is ours, so that it can greet with what counts here, and take {@code exit} and
 * its like without a semicolon.
 */
final class Dialogue {
  private static final String PROMPT =
      new AttributedStringBuilder()
          .style(AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN))
          .append("Flink SQL")
          .style(AttributedStyle.DEFAULT)
          .append("> ")
          .toAnsi();

  private final Executor executor;
  private final Terminal terminal;
  private final Commands commands;
  private final LineReader reader;

  Dialogue(Executor executor, Terminal terminal, Path history) {
    this.executor = executor;
    this.terminal = terminal;
    this.commands = new Commands(executor);
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("tidemark sql")
            .parser(commands)
            .completer(new SqlCompleter(executor))
            .highlighter(new SqlClientSyntaxHighlighter(executor))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .variable(LineReader.ERRORS, 1)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%M> ")
            .variable(LineReader.HISTORY_FILE, history)
            .build();
  }

  void run(String greeting) {
    terminal.writer().println(greeting);
    boolean goesOn = true;
    while (goesOn) {
      terminal.writer().println();
      terminal.flush();
      goesOn = one();
    }
  }

  /** Whether there may be another. */
  private boolean one() {
    try {
      // A statement is run by the parser, which finds its end.
      if (reader.readLine(PROMPT).isBlank()) {
        return true;
      }
      try (Printer printer = commands.getPrinter()) {
        return !printer.isQuitCommand() && print(printer);
      }
    } catch (UserInterruptException e) {
      return true;
    } catch (EndOfFileException e) {
      return false;
    } catch (SqlExecutionException e) {
      terminal
          .writer()
          .println(
              CliStrings.messageError(
                      CliStrings.MESSAGE_SQL_EXECUTION_ERROR,
                      e,
                      executor.getSessionConfig().get(SqlClientOptions.VERBOSE))
                  .toAnsi());
      return true;
    }
  }

  private boolean print(Printer printer) {
    Thread printing = Thread.currentThread();
    SignalHandler before = terminal.handle(Signal.INT, signal -> printing.interrupt());
    try {
      printer.print(terminal);
    } finally {
      terminal.handle(Signal.INT, before);
    }
    return true;
  }

  /** Flink's, which ends a statement at its semicolon; a command alone needs none. */
  private static final class Commands extends SqlMultiLineParser {
    Commands(Executor executor) {
      super(new SqlCommandParserImpl(), executor, ExecutionMode.INTERACTIVE_EXECUTION);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE) {
        switch (line.strip().toLowerCase(java.util.Locale.ROOT)) {
          case "exit", "quit", "\\q" -> {
            return super.parse("QUIT;", 5, context);
          }
          case "help", "\\h", "\\?", "?" -> {
            return super.parse("HELP;", 5, context);
          }
          default -> {
            // A statement, or a part of one.
          }
        }
      }
      return super.parse(line, cursor, context);
    }
  }
}
