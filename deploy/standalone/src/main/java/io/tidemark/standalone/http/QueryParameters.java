package io.tidemark.standalone.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands behind the question mark: {@code NAME=VALUE&NAME=VALUE…}, percent-encoded
 * UTF-8. What could be meant in two ways is refused rather than guessed.
 */
final class QueryParameters {
  private static final int VALUE_LENGTH_MAX = 65_536;

  private QueryParameters() {}

  /**
   * @throws IllegalArgumentException for a name without a value, a name given twice, and bytes that
   *     are no UTF-8
   */
  static Map<String, String> parse(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "parameter '" + shortened(pair) + "' is not of the form NAME=VALUE");
      }
      String name = decoded(pair.substring(0, equals));
      String value = decoded(pair.substring(equals + 1));
      if (value.length() > VALUE_LENGTH_MAX) {
        throw new IllegalArgumentException(
            "parameter '"
                + shortened(name)
                + "' has "
                + value.length()
                + " characters, the limit is "
                + VALUE_LENGTH_MAX);
      }
      String before = parameters.put(name, value);
      if (before != null) {
        throw new IllegalArgumentException(
            "parameter '"
                + shortened(name)
                + "' is given twice, as '"
                + shortened(before)
                + "' and as '"
                + shortened(value)
                + "': give it once");
      }
    }
    return Map.copyOf(parameters);
  }

  private static String decoded(String text) {
    try {
      byte[] bytes = URLDecoder.decode(text, ISO_8859_1).getBytes(ISO_8859_1);
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "parameter '" + shortened(text) + "' is no UTF-8 when decoded", e);
    }
  }

  /** Fit for a line of text. */
  private static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= 100 ? line : line.substring(0, 100) + "…";
  }
}
