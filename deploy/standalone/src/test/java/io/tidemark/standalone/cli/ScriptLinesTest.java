package io.tidemark.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScriptLinesTest {
  @Test
  void everyStatementEndsItsLine() {
    assertThat(ScriptLines.of("SELECT 1; SELECT 2;SELECT 3"))
        .isEqualTo("SELECT 1;\nSELECT 2;\nSELECT 3");
  }

  @Test
  void semicolonsInStringsNamesAndCommentsEndNothing() {
    String script =
        "SELECT 'it''s; so', `a;b`; -- one; two\n/* three; four\n */ SELECT ';';\n\nSELECT 5;\r\n";
    assertThat(ScriptLines.of(script)).isEqualTo(script.replace("`; --", "`;\n--"));
  }
}
