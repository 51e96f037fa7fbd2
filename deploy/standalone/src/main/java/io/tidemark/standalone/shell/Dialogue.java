package io.tidemark.standalone.shell;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.SyntaxError;
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
      // A single statement is run by the parser, which finds its end.
      if (reader.readLine(PROMPT).isBlank()) {
        return true;
      }
      List<String> several = commands.takeSeveral();
      if (several.isEmpty()) {
        return answer();
      }
      for (String statement : several) {
        commands.run(statement);
        if (!answer()) {
          return false;
        }
      }
      return true;
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

  /** False if the statement was to leave. */
  private boolean answer() {
    try (Printer printer = commands.getPrinter()) {
      return !printer.isQuitCommand() && print(printer);
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

  /**
   * Flink's, which takes one statement, up to the semicolon at the end of a line. Here several may
   * be on a line, as they are pasted from a page, with comments behind them, and a command alone
   * needs no semicolon.
   */
  private static final class Commands extends SqlMultiLineParser {
    /** Such a statement has others in it. */
    private static final Pattern STATEMENT_SET =
        Pattern.compile("\\bSTATEMENT\\s+SET\\s+BEGIN\\b", Pattern.CASE_INSENSITIVE);

    private List<String> several = List.of();

    Commands(Executor executor) {
      super(new SqlCommandParserImpl(), executor, ExecutionMode.INTERACTIVE_EXECUTION);
    }

    /** Those that were read together, none of them run yet; empty if it was only one. */
    List<String> takeSeveral() {
      List<String> taken = several;
      several = List.of();
      return taken;
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context != ParseContext.ACCEPT_LINE || STATEMENT_SET.matcher(line).find()) {
        return super.parse(line, cursor, context);
      }
      List<String> statements = Statements.of(line);
      if (!statements.isEmpty() && statements.getLast().endsWith(";")) {
        if (statements.size() > 1) {
          several = statements;
          // Not accepted by Flink: that would run it.
          return super.parse(line, cursor, ParseContext.UNSPECIFIED);
        }
        return parseOne(statements.getFirst(), context);
      }
      return switch (line.strip().toLowerCase(Locale.ROOT)) {
        case "exit", "quit", "\\q" -> parseOne("QUIT;", context);
        case "help", "\\h", "\\?", "?" -> parseOne("HELP;", context);
        default -> super.parse(line, cursor, context);
      };
    }

    /** Runs one, whose answer or failure {@link #getPrinter} then gives. */
    void run(String statement) {
      try {
        parseOne(statement, ParseContext.ACCEPT_LINE);
      } catch (EOFError e) {
        throw new SqlExecutionException("the statement is incomplete: " + statement, e);
      } catch (SyntaxError e) {
        // Its cause is what getPrinter throws.
      }
    }

    private ParsedLine parseOne(String statement, ParseContext context) {
      return super.parse(statement, statement.length(), context);
    }
  }
}
