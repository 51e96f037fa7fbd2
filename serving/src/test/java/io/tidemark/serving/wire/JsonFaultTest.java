package io.tidemark.serving.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonFaultTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("{\"ef\":NaN}", "'NaN' is no JSON value at line 1, column 10"),
        Arguments.of("{\"ef\":-Infinity}", "'-Infinity' is no JSON value at line 1, column 16"),
        Arguments.of(
            "{",
            "Unexpected end-of-input: expected close marker for Object (start marker at line 1, column 1) at line 1, column 2"),
        Arguments.of(
            "{\n\"a\": [1}",
            "Unexpected close marker '}': expected ']' (for Array starting at line 2, column 6) at line 2, column 8"),
        Arguments.of("{\"a\":\"x", "Unexpected end-of-input in a string at line 1, column 8"),
        Arguments.of("{\"a", "Unexpected end-of-input in field name at line 1, column 4"),
        Arguments.of(
            "{'a':1}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name at line 1, column 2"),
        Arguments.of(
            "{\"a\":01}", "Invalid numeric value: Leading zeroes not allowed at line 1, column 7"),
        Arguments.of(
            "{\"a\":+1}",
            "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs at line 1, column 7"),
        Arguments.of(
            "{\"a\":/* */1}",
            "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? at line 1, column 6"),
        Arguments.of(
            "{\"a\":tru}",
            "Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') at line 1, column 10"),
        Arguments.of(
            "[".repeat(513), "Document nesting depth (513) exceeds the maximum allowed (512)"),
        Arguments.of(
            "{\"a\":" + "1".repeat(1001) + "}",
            "Number value length (1001) exceeds the maximum allowed (1000)"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void namesNoPartOfTheParser(String document, String reason) {
    assertThatThrownBy(() -> JsonDocuments.check(document.getBytes(UTF_8), "field (doc), row 1"))
        .hasMessage("json field (doc), row 1 is invalid: " + reason);
  }

  /** The same words wherever a document comes in. */
  @Test
  void standsBehindTheNameOfTheParameter() {
    String params = "search parameter 'params'";
    assertThatThrownBy(() -> JsonDocuments.flat("{\"ef\":NaN}", params))
        .hasMessage(params + " is no valid JSON: 'NaN' is no JSON value at line 1, column 10");
    assertThatThrownBy(() -> JsonDocuments.numbers("[1, Infinity]", "The weights param"))
        .hasMessage(
            "The weights param is no valid JSON: 'Infinity' is no JSON value at line 1, column 13");
  }

  @Test
  void ofAFaultWithoutAMessageTheNameIsLeft() {
    assertThat(JsonFault.of(new IOException())).isEqualTo("IOException");
  }
}
