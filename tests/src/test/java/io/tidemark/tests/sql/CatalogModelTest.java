package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Models that the catalog keeps on the server. */
@ExtendWith(SharedTidemark.class)
class CatalogModelTest {
  private static final String DATABASE = "models_" + Long.toString(System.nanoTime(), 36);
  private static final String COLUMNS = " INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) ";

  private final TidemarkProcess process;

  CatalogModelTest(TidemarkProcess process) {
    this.process = process;
  }

  @Test
  void aModelOutlivesItsSession() throws Exception {
    SqlSession first = SqlSession.batch(process);
    first.run("CREATE DATABASE " + DATABASE + " COMMENT 'of models' WITH ('owner'='a test')");
    first.run("USE " + DATABASE);
    first.run(
        "CREATE MODEL minilm"
            + COLUMNS
            + "COMMENT 'it''s small' WITH ('provider'='tidemark-onnx', 'batch-size'='8')");
    first.run("CREATE MODEL IF NOT EXISTS minilm" + COLUMNS + "WITH ('provider'='another')");
    assertThatThrownBy(
            () -> first.run("CREATE MODEL minilm" + COLUMNS + "WITH ('provider'='another')"))
        .hasStackTraceContaining("already exist");

    SqlSession second = SqlSession.batch(process);
    second.run("USE " + DATABASE);
    assertThat(second.rows("SHOW MODELS")).containsExactly(Row.of("minilm"));
    assertThat(second.rows("DESCRIBE MODEL minilm").toString())
        .contains("text", "STRING", "embedding", "ARRAY<FLOAT>");
    assertThat(second.text("SHOW CREATE MODEL minilm"))
        .contains("'provider' = 'tidemark-onnx'", "'batch-size' = '8'", "small");
    assertThat(
            second.text(
                "SELECT VECTOR_DIMENSION(AS_VECTOR(embedding)) FROM ML_PREDICT((SELECT 'a tide' AS t), MODEL minilm, DESCRIPTOR(t))"))
        .isEqualTo("384");

    second.run("ALTER MODEL minilm SET ('batch-size'='9')");
    second.run("ALTER DATABASE " + DATABASE + " SET ('owner'='another')");
    second.run("ALTER MODEL minilm RENAME TO small");
    assertThat(first.rows("SHOW MODELS")).containsExactly(Row.of("small"));
    assertThat(first.text("SHOW CREATE MODEL small")).contains("'batch-size' = '9'");
    first.run("ALTER MODEL small RESET ('batch-size')");
    assertThat(first.text("SHOW CREATE MODEL small")).doesNotContain("batch-size");
    first.run("USE `default`");
    assertThatThrownBy(() -> first.run("DROP DATABASE " + DATABASE + " RESTRICT"))
        .hasStackTraceContaining("not empty");
    first.run("DROP MODEL " + DATABASE + ".small");
    first.run("DROP MODEL IF EXISTS " + DATABASE + ".small");
    assertThat(second.rows("SHOW MODELS")).isEmpty();
    assertThatThrownBy(() -> second.run("DROP MODEL small"))
        .hasStackTraceContaining("does not exist");
    first.run("DROP DATABASE " + DATABASE);
  }

  @Test
  void whatCannotBeKeptIsRefused() throws Exception {
    SqlSession sql = SqlSession.batch(process);
    assertThatThrownBy(() ->
            sql.run(
                "CREATE MODEL remote"
                    + COLUMNS
                    + "WITH ('provider'='openai', 'api-key'='do not tell')"))
        .hasStackTraceContaining("option 'api-key' is secret")
        .hasStackTraceContaining("CREATE TEMPORARY MODEL");
    assertThatThrownBy(() ->
            sql.run(
                "CREATE MODEL long_one"
                    + COLUMNS
                    + "WITH ('provider'='tidemark-onnx', 'prompt'='"
                    + "x".repeat(1_000)
                    + "')"))
        .hasStackTraceContaining("characters as JSON, and this catalog keeps 1000");
    assertThatThrownBy(
            () -> sql.run("CREATE MODEL `a.b`" + COLUMNS + "WITH ('provider'='tidemark-onnx')"))
        .hasStackTraceContaining("Invalid model name");
    assertThat(sql.rows("SHOW MODELS")).doesNotContain(Row.of("remote"), Row.of("long_one"));
  }
}
