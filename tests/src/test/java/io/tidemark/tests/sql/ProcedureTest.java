package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Maintenance procedures and system tables against a running Tidemark. */
@ExtendWith(SharedTidemark.class)
class ProcedureTest {
  private static final String SUFFIX = Long.toString(System.nanoTime(), 36);

  private static final int ROWS = 1_100;

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
    assertThatThrownBy(() -> sql.rows("CALL sys.`rollback`('" + table + "')"))
        .hasStackTraceContaining("has no previous index to go back to");
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
    for (String system : List.of("segments", "indexes", "snapshots")) {
      assertThat(sql.rows("SELECT * FROM `" + table + "$" + system + "`")).as(system).isEmpty();
    }
    // Jobs of all collections are every collection's.
    assertThat(sql.rows("SELECT * FROM `" + table + "$jobs` WHERE collection IS NOT NULL"))
        .isEmpty();
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
        .containsExactly(Row.of("indexed", 1L));
  }

  @Test
  void jobsAreAskedForByNameAndWhatTheyDidCanBeSelected() throws Exception {
    String table = "procedures_" + SUFFIX;
    create(table);
    insert(table);
    assertThat(sql.rows("SHOW PROCEDURES FROM sys"))
        .extracting(row -> row.getField(0))
        .containsExactly("build_index", "compact", "expire", "reindex", "rollback", "snapshot");

    Row named = done("sys.snapshot(collection => '" + table + "', name => 'before')");
    assertThat(named.getField(1)).isEqualTo("snapshot");
    assertThat(named.getField(2)).isEqualTo("default." + table);
    assertThat(
            sql.rows(
                "SELECT `rows`, committed, `timestamp`, expires FROM `"
                    + table
                    + "$snapshots` WHERE name = 'before'"))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.getField(0)).isEqualTo((long) ROWS);
          assertThat(row.getField(1)).isNotNull();
          assertThat(row.getField(2)).isNotNull();
          assertThat(row.getField(3)).isNull();
        });

    done("sys.build_index(collection => '" + table + "', index_rows_min => 1)");
    awaitSealed(table);
    Map<String, String> other = Map.of("M", "8", "efConstruction", "60");
    done(
        "sys.reindex(collection => '"
            + table
            + "', params => 'M=8,efConstruction=60', recall_min => 0.1)");
    assertThat(paramsInUse(table)).isNotEmpty().allMatch(other::equals);
    done("sys.`rollback`('" + table + "')");
    assertThat(paramsInUse(table)).isNotEmpty().noneMatch(other::equals);

    done("sys.compact(collection => '" + table + "', options => 'files-min=2; threads=1')");
    done("sys.expire('" + table + "')");
    Row detached =
        sql.rows("CALL sys.build_index(collection => '" + table + "', `wait` => false)").getFirst();
    assertThat(sql.rows("SELECT id, kind FROM `" + table + "$jobs`"))
        .contains(Row.of(detached.getField(0), "index"), Row.of(named.getField(0), "snapshot"));
  }

  /** The row of a call whose job was done. */
  private Row done(String call) throws Exception {
    List<Row> rows = sql.rows("CALL " + call);
    assertThat(rows).as(call).hasSize(1);
    assertThat(rows.getFirst().getField(3)).as(call).isEqualTo("done");
    return rows.getFirst();
  }

  private void insert(String table) throws Exception {
    sql.run(
        "CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector'='datagen', 'number-of-rows'='"
            + ROWS
            + "', 'fields.n.kind'='sequence', 'fields.n.start'='1', 'fields.n.end'='"
            + ROWS
            + "')");
    sql.run(
        "INSERT INTO "
            + table
            + " SELECT n, ARRAY[CAST(SIN(n) AS FLOAT), CAST(COS(n) AS FLOAT)] FROM numbers");
  }

  /** The coordinator may be at work on the same files. */
  private void awaitSealed(String table) throws Exception {
    List<Row> indexed = List.of(Row.of("indexed", (long) ROWS));
    String query = "SELECT state, SUM(`rows`) FROM `" + table + "$segments` GROUP BY state";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    List<Row> seen = sql.rows(query);
    while (!seen.equals(indexed) && System.nanoTime() < deadline) {
      seen = sql.rows(query);
    }
    assertThat(seen).isEqualTo(indexed);
  }

  private List<Object> paramsInUse(String table) throws Exception {
    return sql.rows("SELECT params FROM `" + table + "$indexes` WHERE in_use").stream()
        .map(row -> row.getField(0))
        .toList();
  }

  private void create(String table) throws Exception {
    sql.run(
        "CREATE TABLE "
            + table
            + " (id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED) WITH ('dim.v'='2', 'index.v'='HNSW', 'metric.v'='L2')");
  }
}
