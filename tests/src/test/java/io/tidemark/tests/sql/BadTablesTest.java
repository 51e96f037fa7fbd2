package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What DDL is refused, with words that name the column or option and the way out. */
@ExtendWith(SharedTidemark.class)
class BadTablesTest {
  private final SqlSession sql;

  BadTablesTest(TidemarkProcess process) throws IOException {
    this.sql = SqlSession.batch(process);
  }

  @ParameterizedTest(name = "{0} WITH {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          v ARRAY<FLOAT>                  | 'dim.v'='2'  | has no primary key;PRIMARY KEY (id) NOT ENFORCED
          id BIGINT, k BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id, k) NOT ENFORCED | 'dim.v'='2' | the primary key has columns [id, k];exactly one
          id INT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'id' is the primary key and INT;BIGINT or STRING
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'ttl'='1 d' | column 'v' is ARRAY<FLOAT>;'dim.v'='768'
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='0' | dimension;field v;1 ~ 32768
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='two' | option 'dim.v' is 'two';1 to 32768
          id BIGINT, v BYTES, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='12' | field v;multiple of 8
          id BIGINT, v BYTES, PRIMARY KEY (id) NOT ENFORCED | 'ttl'='1 d' | column 'v' is BYTES;'dim.v'='768'
          id BIGINT, v BYTES, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='16', 'metric.v'='L2' | column 'v';L2;[HAMMING, JACCARD]
          id BIGINT, v BYTES, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='16', 'index.v'='HNSW' | BinaryVector;HNSW;BIN_IVF_FLAT
          id BIGINT, v MAP<BIGINT, FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='16' | option 'dim.v';which have a dimension
          id BIGINT, v MAP<BIGINT, FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'metric.v'='L2' | column 'v';L2;[IP]
          id BIGINT, v MAP<INT, FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'ttl'='1 d' | column 'v' is MAP<INT, FLOAT>;MAP<BIGINT, FLOAT> holds a sparse vector
          id BIGINT, v ARRAY<DOUBLE>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'v' is ARRAY<DOUBLE>;ARRAY<FLOAT> or ARRAY<TINYINT> holds a vector
          id BIGINT, t TIMESTAMP(3), v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 't' is TIMESTAMP(3);BIGINT milliseconds
          id BIGINT, d DECIMAL(10, 2), v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'd' is DECIMAL(10, 2);DOUBLE
          id BIGINT, m MAP<STRING, INT>, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'm' is MAP;'type.m'='JSON'
          id BIGINT, s VARCHAR(70000), v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 's' is VARCHAR(70000);VARCHAR(65535)
          id BIGINT, n INT, PRIMARY KEY (id) NOT ENFORCED | 'ttl'='1 d' | no vector;ARRAY<FLOAT>
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'dim.w'='2' | option 'dim.w';column 'w';[id, v]
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'dim.id'='2' | option 'dim.id';column 'id' is no ARRAY<FLOAT>
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'index.v'='HNWS' | column 'v';HNWS;[FLAT, AUTOINDEX, HNSW, HNSW_SQ
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'metric.v'='HAMMING' | column 'v';HAMMING;[L2, IP, COSINE]
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'index.params.v'='M' | option 'index.params.v' is 'M';M=16,efConstruction=200
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'index.v'='HNSW', 'index.params.v'='M=1' | 'M' (1);[2, 2048]
          id BIGINT, n INT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'default.n'='x' | option 'default.n' is 'x';INT32
          id BIGINT, n INT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'type.n'='JSON' | option 'type.n';column 'n' is INT;STRING column
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'shard'='2' | option 'shard' is unknown;shards
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'shards'='99' | shards;16;99
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'token'='u:p' | option 'token' is secret;CREATE CATALOG
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'connector'='kafka' | option 'connector' is 'kafka';CREATE TEMPORARY TABLE
          id BIGINT, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2', 'endpoint'='other:1' | option 'endpoint' is 'other:1';leave the option out
          id BIGINT, c AS id + 1, v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'c' is computed;view
          id BIGINT, p STRING METADATA FROM 'partition', v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'p';`partition` STRING METADATA
          id BIGINT, o BIGINT METADATA FROM 'offset', v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED | 'dim.v'='2' | column 'o';'offset';ingested_at
          """)
  void create_table_names_the_column_and_the_fix(String columns, String options, String words)
      throws Exception {
    assertThatThrownBy(
            () -> sql.run("CREATE TABLE bad_table (" + columns + ") WITH (" + options + ")"))
        .satisfies(failure -> {
          for (String word : words.split(";")) {
            assertThat(failure).hasStackTraceContaining(word);
          }
        });
    assertThat(sql.rows("SHOW TABLES")).doesNotContain(Row.of("bad_table"));
  }

  @Test
  void alter_table_names_the_column_and_the_fix() throws Exception {
    sql.run(
        """
        CREATE TABLE bad_alter (id BIGINT PRIMARY KEY NOT ENFORCED, n INT, v ARRAY<FLOAT>)
        WITH ('dim.v'='2')
        """);
    assertRefused("ADD (n2 INT NOT NULL)", "column 'n2' is NOT NULL", "declare it nullable");
    assertRefused("ADD (n2 INT AFTER id)", "column 'n2'", "AFTER");
    assertRefused("ADD (w ARRAY<FLOAT>)", "column 'w'", "'dim.w'='768'");
    assertRefused("ADD (c AS n + 1)", "column 'c' is computed", "view");
    assertRefused("DROP n", "column 'n' cannot be dropped", "view");
    assertRefused("RENAME n TO m", "column 'n' cannot be renamed", "view");
    assertRefused("MODIFY (n BIGINT)", "column 'n' cannot be changed");
    assertRefused("SET ('dim.v'='3')", "option 'dim.v' cannot be changed to '3' from '2'");
    assertRefused("SET ('metric.v'='L2')", "column 'v' has an index", "CALL sys.reindex");
    assertRefused("SET ('shards'='4')", "option 'shards' cannot be changed to '4'");
    assertRefused("SET ('ttl'='soon')", "option 'ttl' is 'soon'", "7 d");
    assertRefused("SET ('nonsense'='1')", "option 'nonsense' is unknown");
    assertRefused("RESET ('dim.v')", "option 'dim.v' cannot be reset");
    assertThat(sql.rows("DESCRIBE bad_alter")).hasSize(3);
  }

  private void assertRefused(String change, String... words) {
    assertThatThrownBy(() -> sql.run("ALTER TABLE bad_alter " + change))
        .as(change)
        .satisfies(failure -> {
          for (String word : words) {
            assertThat(failure).hasStackTraceContaining(word);
          }
        });
  }

  @Test
  void views_and_functions_are_refused_with_what_to_do_instead() {
    assertThatThrownBy(() -> sql.run("CREATE VIEW bad_view AS SELECT 1"))
        .hasStackTraceContaining("'bad_view' is a view")
        .hasStackTraceContaining("CREATE TEMPORARY VIEW");
    assertThatThrownBy(() -> sql.run("CREATE FUNCTION bad_function AS 'a.B'"))
        .hasStackTraceContaining("CREATE TEMPORARY FUNCTION");
  }
}
