package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.util.List;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Maintenance procedures and system tables against a running Tidemark. */
@ExtendWith(SharedTidemark.class)
class ProcedureTest {
  private static final String SUFFIX = Long.toString(System.nanoTime(), 36);

  private final SqlSession sql;

  ProcedureTest(TidemarkProcess process) throws IOException {
    sql = SqlSession.batch(process);
  }

  @Test
  void refusalsCarryTheServersWords() throws Exception {
    String table = "refusals_" + SUFFIX;
    create(table);
    assertThatThrownBy(() -> sql.rows("CALL sys.compact(collection => 'nothing_of_it')"))
        .hasStackTraceContaining(
            "collection not found[database=default][collection=nothing_of_it]");
    assertThatThrownBy(
            () -> sql.rows("CALL sys.compact(collection => '" + table + "', options => 'speed=9')"))
        .hasStackTraceContaining("compact has no option 'speed'")
        .hasStackTraceContaining("files-min");
    assertThatThrownBy(() -> sql.rows("CALL sys.rollback('" + table + "')"))
        .hasStackTraceContaining("failed");
    assertThatThrownBy(
            () -> sql.rows("CALL sys.compact(collection => '" + table + "', options => 'speed')"))
        .hasStackTraceContaining("'speed' is no NAME=VALUE");
    assertThatThrownBy(() -> sql.rows("SELECT * FROM `" + table + "$nothing`"))
        .hasStackTraceContaining("$segments, $indexes, $snapshots, $jobs");
    assertThatThrownBy(
            () -> sql.run("INSERT INTO `" + table + "$jobs` SELECT * FROM `" + table + "$jobs`"))
        .hasStackTraceContaining("only to be read");
  }

  @Test
  void systemTablesOfAnEmptyCollectionAreEmpty() throws Exception {
    String table = "empty_" + SUFFIX;
    create(table);
    for (String system : List.of("segments", "indexes", "snapshots", "jobs")) {
      assertThat(sql.rows("SELECT * FROM `" + table + "$" + system + "` WHERE 1 = 1"))
          .as(system)
          .isEmpty();
    }
  }

  @Test
  void anIndexIsBuiltOverWhatWasJustWritten() throws Exception {
    String table = "written_" + SUFFIX;
    create(table);
    sql.run("INSERT INTO " + table + " VALUES (1, ARRAY[CAST(1 AS FLOAT), CAST(0 AS FLOAT)])");
    assertThat(
            sql.rows(
                "CALL sys.build_index(collection => '"
                    + table
                    + "', options => 'index-rows-min=1')"))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.getField(3)).isEqualTo("done");
          assertThat(row.getField(5)).isEqualTo("rows=1, segments_indexed=1");
        });
    assertThat(sql.rows("SELECT state, `rows` FROM `" + table + "$segments`"))
        .containsExactly(Row.of("sealed", 1L));
  }

  private void create(String table) throws Exception {
    sql.run(
        "CREATE TABLE "
            + table
            + " (id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED) WITH ('dim.v'='2', 'index.v'='HNSW', 'metric.v'='L2')");
  }
}
