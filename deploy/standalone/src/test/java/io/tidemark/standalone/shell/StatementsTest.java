package io.tidemark.standalone.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementsTest {
  @Test
  void everyStatementEndsItsLine() {
    assertThat(Statements.onLines("SELECT 1; SELECT 2;SELECT 3"))
        .isEqualTo("SELECT 1;\nSELECT 2;\nSELECT 3");
  }

  @Test
  void semicolonsInStringsNamesAndCommentsEndNothing() {
    String script =
        "SELECT 'it''s; so', `a;b`; -- one; two\n/* three; four\n */ SELECT ';';\n\nSELECT 5;\r\n";
    assertThat(Statements.onLines(script)).isEqualTo(script.replace("`; --", "`;\n--"));
    assertThat(Statements.of(script))
        .containsExactly(
            "SELECT 'it''s; so', `a;b`;",
            "-- one; two\n/* three; four\n */ SELECT ';';",
            "SELECT 5;");
  }

  @Test
  void aCommentAloneIsNoStatementAndWhatHasNoEndIsOne() {
    assertThat(Statements.of("SET 'a'='b';  -- why; so\n")).containsExactly("SET 'a'='b';");
    assertThat(Statements.of("SELECT 1; SELECT\n")).containsExactly("SELECT 1;", "SELECT");
    assertThat(Statements.of(" \n")).isEmpty();
  }
}
