package io.tidemark.sql.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.Embedders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
  private static final Map<Integer, String> TEXTS =
      Map.of(1, "a small dog", 2, "a little puppy", 3, "the stock market fell", 4, " ");

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aVectorColumnIsFilledWithTheEmbeddersVectors(boolean streaming, boolean async) {
    TableEnvironment environment = environment(streaming);
    environment.executeSql(
        "CREATE TEMPORARY MODEL minilm INPUT (text STRING) OUTPUT (v ARRAY<FLOAT>)"
            + " WITH ('provider'='tidemark-onnx', 'task'='embedding', 'batch-size'='3')");
    List<Row> rows =
        run(
            environment,
            "SELECT id, v FROM ML_PREDICT(TABLE docs, MODEL minilm, DESCRIPTOR(text), MAP['async', '"
                + async
                + "', 'max-concurrent-operations', '8'])");
    Map<Integer, float[]> vectors = new HashMap<>();
    for (Row row : rows) {
      if (row.getField("v") instanceof Float[] vector) {
        vectors.put(row.<Integer>getFieldAs("id"), unboxed(vector));
      }
    }
    assertThat(rows).as("one row per text, and one for the NULL").hasSize(TEXTS.size() + 1);
    assertThat(vectors).hasSize(TEXTS.size());
    try (Embedder embedder = Embedders.open("all-minilm-l6-v2")) {
      TEXTS.forEach((id, text) ->
          assertThat(vectors.get(id)).containsExactly(embedder.embed(List.of(text)).getFirst()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, v FROM ML_PREDICT(TABLE docs, MODEL minilm, DESCRIPTOR(text))",
        "SELECT id, v FROM ML_PREDICT(INPUT => TABLE docs, MODEL => MODEL minilm, ARGS => DESCRIPTOR(text))",
        "SELECT id, v FROM ML_PREDICT((SELECT id, UPPER(text) AS big FROM docs WHERE id < 3), MODEL minilm, DESCRIPTOR(big))"
      })
  void queriesThatThePageShowsArePlanned(String query) {
    TableEnvironment environment = environment(true);
    environment.executeSql(
        "CREATE MODEL minilm INPUT (text STRING) OUTPUT (v ARRAY<FLOAT>) WITH ('provider'='tidemark-onnx')");
    assertThat(environment.explainSql(query)).contains("MLPredict");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "text STRING | v ARRAY<FLOAT> | 'model'='gpt' | all-minilm-l6-v2",
        "text STRING | v ARRAY<FLOAT> | 'task'='chat' | 'embedding'",
        "text STRING | v ARRAY<FLOAT> | 'batch-size'='0' | 1 to 1024",
        "text STRING | v ARRAY<FLOAT> | 'size'='1' | batch-size",
        "id INT, text STRING | v ARRAY<FLOAT> | 'task'='embedding' | INPUT has 2 columns",
        "id INT | v ARRAY<FLOAT> | 'task'='embedding' | INPUT column 'id' is INT",
        "text STRING | v ARRAY<DOUBLE> | 'task'='embedding' | OUTPUT column 'v' is ARRAY<DOUBLE>"
      })
  void whatIsDeclaredWrongIsNamed(String input, String output, String option, String named) {
    TableEnvironment environment = environment(true);
    environment.executeSql(
        "CREATE TEMPORARY MODEL wrong INPUT (%s) OUTPUT (%s) WITH ('provider'='tidemark-onnx', %s)"
            .formatted(input, output, option));
    assertThatThrownBy(() ->
            environment.explainSql(
                "SELECT * FROM ML_PREDICT(TABLE docs, MODEL wrong, DESCRIPTOR("
                    + input.replaceAll(" [A-Z]+", "")
                    + "))"))
        .hasStackTraceContaining(ValidationException.class.getName())
        .hasStackTraceContaining(named);
  }

  private static TableEnvironment environment(boolean streaming) {
    TableEnvironment environment =
        TableEnvironment.create(
            streaming ? EnvironmentSettings.inStreamingMode() : EnvironmentSettings.inBatchMode());
    environment.getConfig().set("parallelism.default", "1");
    List<String> rows = new ArrayList<>();
    TEXTS.forEach((id, text) -> rows.add("(" + id + ", '" + text + "')"));
    environment.executeSql(
        "CREATE TEMPORARY VIEW docs AS SELECT id, text FROM (VALUES (5, CAST(NULL AS STRING)), "
            + String.join(", ", rows)
            + ") AS t(id, text)");
    return environment;
  }

  private static float[] unboxed(Float[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }

  private static List<Row> run(TableEnvironment environment, String query) {
    return CollectionUtil.iteratorToList(environment.executeSql(query).collect());
  }
}
