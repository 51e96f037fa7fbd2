package io.tidemark.serving.wire;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What is wrong with a JSON text, for those who sent it: the parser's message without the names of
 * its classes and switches, and where it is. Stateless.
 */
final class JsonFault {
  private static final Pattern NO_JSON =
      Pattern.compile("Non-standard token '(.*)': enable `.*` to allow");
  private static final Pattern WAYS_TO_ALLOW =
      Pattern.compile(
          "[:;,]? enable `[^`]*` to allow| \\(not recognized as one since Feature '[A-Z_]*' not enabled for parser\\)");
  private static final Pattern LIMIT_OF = Pattern.compile(", from `[^`]*`");
  private static final Pattern PLACE =
      Pattern.compile("\\[Source: .*?; line: (\\d+), column: (\\d+)]");

  private JsonFault() {}

  /** One line: what is wrong and, where the parser knows, at which place. */
  static String of(IOException fault) {
    String message =
        fault instanceof JsonProcessingException parsing
            ? parsing.getOriginalMessage()
            : fault.getMessage();
    if (message == null) {
      return fault.getClass().getSimpleName();
    }
    message = NO_JSON.matcher(message).replaceAll("'$1' is no JSON value");
    message = WAYS_TO_ALLOW.matcher(message).replaceAll("");
    message = LIMIT_OF.matcher(message).replaceAll("");
    message = PLACE.matcher(message).replaceAll("line $1, column $2");
    message = message.replace("end-of-input in VALUE_STRING", "end-of-input in a string");
    JsonLocation place =
        fault instanceof JsonProcessingException parsing ? parsing.getLocation() : null;
    return message.lines().findFirst().orElse("")
        + (place == null || place.getLineNr() < 1 ? "" : at(place));
  }

  private static String at(JsonLocation place) {
    return " at line " + place.getLineNr() + ", column " + place.getColumnNr();
  }
}
