package io.tidemark.tests.lakehouse;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.dynamic;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.nullable;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.text;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.flink.source.IcebergSource;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A collection through Flink's own Iceberg connector, which knows nothing of Tidemark. */
@ExtendWith(SharedTidemark.class)
class FlinkIcebergTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Parquet's codecs outlive the job, and with them its class loader: others read in this JVM. */
  private static final org.apache.flink.configuration.Configuration SETTINGS =
      new org.apache.flink.configuration.Configuration()
          .set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);

  private final TidemarkProcess tidemark;
  private final MilvusClientV2 client;

  FlinkIcebergTest(TidemarkProcess tidemark, MilvusClientV2 client) {
    this.tidemark = tidemark;
    this.client = client;
  }

  private static JsonObject row(long id, String name) {
    return io.tidemark.tests.conformance.Row.of(
        "id", id, "v", new float[] {id, 1}, "name", name, "extra", id * 2);
  }

  private TestCollection withRowsUpsertsAndDeletes() {
    TestCollection made =
        TestCollection.create(
            client,
            dynamic(schema(int64Key("id"), vector("v", 2), nullable(text("name", 30)))),
            autoIndex("v", MetricType.L2));
    made.insert(row(1, "one"), row(2, "two"), row(3, "three"));
    made.flush();
    made.upsert(row(2, "two anew"), row(4, null));
    client.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of(3L)).build());
    made.flush();
    return made;
  }

  private static Map<Long, String> expected() {
    Map<Long, String> rows = new HashMap<>(Map.of(1L, "one", 2L, "two anew"));
    rows.put(4L, null);
    return rows;
  }

  private Map<String, String> catalog() {
    Path data = tidemark.data();
    return Map.of(
        "uri",
        "jdbc:sqlite:" + data.resolve("catalog.db") + "?journal_mode=WAL&busy_timeout=10000",
        "warehouse",
        data.resolve("warehouse").toUri().toString(),
        "jdbc.schema-version",
        "V1");
  }

  private TableEnvironment sql() {
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inBatchMode().withConfiguration(SETTINGS).build());
    tables.getConfig().set("parallelism.default", "1");
    StringBuilder create =
        new StringBuilder(
            "CREATE CATALOG tidemark WITH ('type' = 'iceberg', 'catalog-impl' = '"
                + JdbcCatalog.class.getName()
                + "'");
    // JdbcCatalog keeps its tables under its own name, so the name is not free.
    catalog()
        .forEach((key, value) ->
            create.append(", '").append(key).append("' = '").append(value).append("'"));
    tables.executeSql(create.append(")").toString());
    return tables;
  }

  @Test
  void flinkSqlOverPlainIcebergFindsExactlyTheLiveRows() throws Exception {
    TestCollection made = withRowsUpsertsAndDeletes();
    Map<Long, String> found = new HashMap<>();
    try (CloseableIterator<Row> rows =
        sql()
            .executeSql("SELECT id, name, v[1] FROM tidemark.`default`." + made.name())
            .collect()) {
      while (rows.hasNext()) {
        Row row = rows.next();
        Long id = (Long) row.getField(0);
        assertThat(found).as("each key once").doesNotContainKey(id);
        found.put(id, (String) row.getField(1));
        assertThat(row.getField(2)).isEqualTo((float) id);
      }
    }
    assertThat(found).isEqualTo(expected());
  }

  @Test
  void flinksIcebergSourceFindsExactlyTheLiveRows() throws Exception {
    TestCollection made = withRowsUpsertsAndDeletes();
    TableLoader loader =
        TableLoader.fromCatalog(
            CatalogLoader.custom(
                "tidemark", catalog(), new Configuration(), JdbcCatalog.class.getName()),
            TableIdentifier.of("default", made.name()));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(SETTINGS);
    environment.setParallelism(1);
    Map<Long, String> found = new HashMap<>();
    Schema columns;
    try (PlainIceberg iceberg = new PlainIceberg(tidemark.data())) {
      columns = iceberg.table("default", made.name()).schema().select("id", "name");
    }
    try (CloseableIterator<RowData> rows =
        environment
            .fromSource(
                IcebergSource.forRowData().tableLoader(loader).project(columns).build(),
                WatermarkStrategy.noWatermarks(),
                "iceberg",
                InternalTypeInfo.of(FlinkSchemaUtil.convert(columns)))
            .executeAndCollect()) {
      while (rows.hasNext()) {
        RowData row = rows.next();
        assertThat(found).as("each key once").doesNotContainKey(row.getLong(0));
        found.put(row.getLong(0), row.isNullAt(1) ? null : row.getString(1).toString());
      }
    }
    assertThat(found).isEqualTo(expected());
  }

  @Test
  void rowsThatFlinkAppendsThroughPlainIcebergAreSearched() throws Exception {
    TestCollection made = withRowsUpsertsAndDeletes();
    sql()
        .executeSql(
            "INSERT INTO tidemark.`default`."
                + made.name()
                + " (id, v, name) VALUES (500, ARRAY[CAST(50 AS FLOAT), CAST(50 AS FLOAT)], 'theirs'),"
                + " (501, ARRAY[CAST(60 AS FLOAT), CAST(60 AS FLOAT)], 'theirs')")
        .await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (made.count() != 5) {
      assertThat(System.nanoTime()).as("the appended rows are counted").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(TestCollection.idsOf(made.hits(made.search(new float[] {50, 50}).limit(2))))
        .containsExactly(500L, 501L);
    assertThat(made.rows("name == 'theirs'", "v")).hasSize(2);
  }
}
