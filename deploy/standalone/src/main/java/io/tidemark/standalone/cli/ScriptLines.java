package io.tidemark.standalone.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statements on lines of their own: Flink's client sees the end of one only at a line's end. */
final class ScriptLines {
  /** Strings, quoted names and comments, or a semicolon with more behind it on its line. */
  private static final Pattern PARTS =
      Pattern.compile(
          "'(?:[^']|'')*'|`(?:[^`]|``)*`|--[^\\n]*|/\\*.*?\\*/|(?<end>;)[ \\t]*(?=[^ \\t\\r\\n])",
          Pattern.DOTALL);

  private ScriptLines() {}

  /** Breaks the line behind each semicolon that is in no string, quoted name or comment. */
  static String of(String script) {
    return PARTS
        .matcher(script)
        .replaceAll(
            part -> part.group("end") == null ? Matcher.quoteReplacement(part.group()) : ";\n");
  }
}
