package io.tidemark.sql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.Test;

class TidemarkFunctionsTest {
  private static final String TABLE =
      "(VALUES (1, ARRAY[CAST(1 AS FLOAT), CAST(2 AS FLOAT), CAST(2.5 AS FLOAT)]), (2, CAST(NULL AS ARRAY<FLOAT>))) AS t(id, v)";
  private static final String QUERY =
      "ARRAY[CAST(0.5 AS FLOAT), CAST(-1 AS FLOAT), CAST(3 AS FLOAT)]";

  private final TableEnvironment environment =
      TableEnvironment.create(EnvironmentSettings.inBatchMode());

  TidemarkFunctionsTest() {
    TidemarkFunctions.register(environment);
  }

  @Test
  void scoresAreThoseOfSearches() {
    float[] a = {1, 2, 2.5f};
    float[] b = {0.5f, -1, 3};
    List<Row> rows =
        run(
            "SELECT id, L2_DISTANCE(v, "
                + QUERY
                + "), INNER_PRODUCT(v, "
                + QUERY
                + "), COSINE_SIMILARITY(v, "
                + QUERY
                + ") FROM "
                + TABLE
                + " ORDER BY id");
    assertThat(rows.get(0).getField(1)).isEqualTo(Scores.score(Metric.L2, a, b, 0, 3));
    assertThat(rows.get(0).getField(2)).isEqualTo(Scores.score(Metric.IP, a, b, 0, 3));
    assertThat(rows.get(0).getField(3)).isEqualTo(Scores.score(Metric.COSINE, a, b, 0, 3));
  }

  @Test
  void aNullVectorHasNoScore() {
    List<Row> rows = run("SELECT id, L2_DISTANCE(v, " + QUERY + ") FROM " + TABLE + " ORDER BY id");
    assertThat(rows.get(1).getField(1)).isNull();
  }

  @Test
  void otherDimensionsAreRefused() {
    assertThatThrownBy(() -> run("SELECT L2_DISTANCE(v, ARRAY[CAST(1 AS FLOAT)]) FROM " + TABLE))
        .hasStackTraceContaining("3 and 1 elements");
  }

  private List<Row> run(String query) {
    return CollectionUtil.iteratorToList(environment.executeSql(query).collect());
  }
}
