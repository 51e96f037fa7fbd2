package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.StockFlink;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** SQL in a Flink that has Flink's jars and the connector jar, and nothing else of ours. */
@ExtendWith(SharedTidemark.class)
class ConnectorJarTest {
  @Test
  void aStockFlinkCreatesWritesReadsSearchesAndMaintainsCollections(
      TidemarkProcess tidemark, @TempDir Path folder) throws Exception {
    try (ZipFile written = new ZipFile(StockFlink.jar().toFile())) {
      assertThat(
              written.stream()
                  .map(entry -> entry.getName())
                  .filter(name -> name.endsWith(".class"))
                  .filter(name ->
                      name.matches(
                          "(org/apache/kafka|org/apache/iceberg|io/grpc|com/google|com/fasterxml)/.*")))
          .isEmpty();
    }

    String table = "from_a_jar_" + Long.toString(System.nanoTime(), 36);
    try (StockFlink flink =
        StockFlink.run(
            folder,
            tidemark.createCatalog(""),
            "USE CATALOG tidemark",
            "CREATE TABLE "
                + table
                + " (id BIGINT, title VARCHAR(20), v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED) WITH ('dim.v'='2', 'metric.v'='L2')",
            "INSERT INTO "
                + table
                + " SELECT id, title, VECTOR_PARSE(v) FROM (VALUES (CAST(1 AS BIGINT), 'near', '[0, 1]'), (2, 'far', '[9, 9]')) AS given(id, title, v) ",
            "SELECT CONCAT('read ', title) FROM " + table + " WHERE id = 1",
            "SELECT CONCAT('found ', title), score FROM VECTOR_SEARCH(TABLE "
                + table
                + ", DESCRIPTOR(v), VECTOR_PARSE('[9, 8]'), 1, MAP['consistency', 'STRONG'])",
            "CREATE TEMPORARY MODEL minilm INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) WITH ('provider'='tidemark-onnx')",
            "SELECT VECTOR_DIMENSION(AS_VECTOR(embedding)) FROM ML_PREDICT((SELECT 'a tide' AS t), MODEL minilm, DESCRIPTOR(t))",
            "CALL sys.snapshot(collection => '" + table + "', name => 'first')",
            "SELECT `rows` FROM `" + table + "$segments`",
            "SELECT L2_DISTANCE(ARRAY[1.0, 2.0], ARRAY[1.0, 4.0])")) {
      assertThat(flink.printed())
          .contains("+I[read near]", "+I[found far, 1.0]", "+I[384]")
          .contains("default." + table, "+I[2]", "+I[4.0]");

      Shell.Ended ended =
          Shell.run(
              tidemark,
              folder,
              "",
              "-e",
              "SET 'execution.target'='remote';"
                  + "SET 'rest.address'='localhost';"
                  + "SET 'rest.port'='"
                  + flink.port()
                  + "';"
                  + "INSERT INTO "
                  + table
                  + " SELECT id, title, VECTOR_PARSE(v) FROM (VALUES (CAST(3 AS BIGINT), 'sent', '[0, 7]')) AS given(id, title, v);"
                  + "SELECT CONCAT('read ', title), score FROM (SELECT VECTOR_PARSE('[0, 8]') AS q), LATERAL TABLE(VECTOR_SEARCH(TABLE "
                  + table
                  + ", DESCRIPTOR(v), q, 1, MAP['consistency', 'STRONG']));"
                  + "SELECT CONCAT('count ', CAST(COUNT(*) AS STRING)) FROM "
                  + table
                  + ";SHOW JOBS;");
      assertThat(ended.status()).as(ended.printed()).isZero();
      assertThat(ended.printed()).contains("read sent |   1.0", "count 3", "FINISHED");
    }
  }
}
