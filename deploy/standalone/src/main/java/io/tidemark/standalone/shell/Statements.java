package io.tidemark.standalone.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where statements end: Flink's client sees that only at a line's end, with nothing behind it. */
public final class Statements {
  /** Strings, quoted names and comments, or a semicolon, and whether its line goes on. */
  private static final Pattern PARTS =
      Pattern.compile(
          "'(?:[^']|'')*+'|`(?:[^`]|``)*+`|--[^\\n]*|/\\*.*?\\*/|(?<end>;)(?<more>[ \\t]*(?=[^ \\t\\r\\n]))?",
          Pattern.DOTALL);

  private static final Pattern NOTHING =
      Pattern.compile("(?:\\s|--[^\\n]*|/\\*.*?\\*/)*+", Pattern.DOTALL);

  private Statements() {}

  /** A script with a new line behind each semicolon that is in no string, name or comment. */
  public static String onLines(String script) {
    return PARTS
        .matcher(script)
        .replaceAll(
            part -> part.group("more") == null ? Matcher.quoteReplacement(part.group()) : ";\n");
  }

  /**
   * Each with its semicolon; what is behind the last one is a statement without, unless it is a
   * comment.
   */
  static List<String> of(String text) {
    List<String> statements = new ArrayList<>();
    int from = 0;
    Matcher part = PARTS.matcher(text);
    while (part.find()) {
      if (part.group("end") != null) {
        statements.add(text.substring(from, part.end("end")).strip());
        from = part.end("end");
      }
    }
    String rest = text.substring(from);
    if (!NOTHING.matcher(rest).matches()) {
      statements.add(rest.strip());
    }
    return statements;
  }
}
