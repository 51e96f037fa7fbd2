package io.tidemark.tests.sql;

import static io.tidemark.tests.sql.SinkCollection.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedTidemark.class)
class SinkSqlTest {
  private final TidemarkProcess process;
  private final MilvusClientV2 client;

  SinkSqlTest(TidemarkProcess process, MilvusClientV2 client) {
    this.process = process;
    this.client = client;
  }

  private static TableEnvironment batch() {
    TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    tables.getConfig().set("parallelism.default", "2");
    return tables;
  }

  private static StreamTableEnvironment streaming() {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    environment.setParallelism(2);
    return StreamTableEnvironment.create(environment);
  }

  private static TableEnvironment environment(boolean streaming) {
    return streaming ? streaming() : batch();
  }

  /** A table over the collection, called {@code t}. */
  private void table(
      TableEnvironment tables, SinkCollection collection, String columns, String... options)
      throws IOException {
    StringBuilder text =
        new StringBuilder("CREATE TABLE t (")
            .append(columns)
            .append(") WITH ('connector' = 'tidemark'");
    Stream.concat(
            Stream.of(
                "endpoint=" + process.grpcAddress(),
                "http-endpoint=http://" + process.httpAddress(),
                "collection=" + collection.name()),
            Stream.of(options))
        .map(option -> option.split("=", 2))
        .forEach(option ->
            text.append(", '").append(option[0]).append("' = '").append(option[1]).append("'"));
    tables.executeSql(text.append(")").toString());
  }

  private static TableResult run(TableEnvironment tables, String statement) {
    try {
      TableResult result = tables.executeSql(statement);
      result.await(120, TimeUnit.SECONDS);
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(messages(e), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String messages(Throwable failure) {
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      messages.append(cause.getMessage()).append('\n');
    }
    return messages.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rows_of_every_type_arrive_with_their_nulls_defaults_documents_and_partitions(
      boolean streaming) throws Exception {
    SinkCollection made = everyType();
    TableEnvironment tables = environment(streaming);
    table(
        tables,
        made,
        """
        id BIGINT NOT NULL, v ARRAY<FLOAT>, truth BOOLEAN, tiny TINYINT, small SMALLINT, `number` INT,
        `real` FLOAT, exact DOUBLE, name VARCHAR(20), doc STRING, kept INT, place STRING METADATA FROM 'partition',
        `$meta` STRING METADATA, PRIMARY KEY (id) NOT ENFORCED\
        """,
        "dim.v=2",
        "type.doc=JSON",
        "default.kept=7",
        "dynamic=true");
    run(
        tables,
        """
        INSERT INTO t VALUES
          (1, ARRAY[CAST(0.5 AS FLOAT), CAST(1.5 AS FLOAT)], TRUE, CAST(-8 AS TINYINT), CAST(300 AS SMALLINT), 70000,
           CAST(0.25 AS FLOAT), CAST(0.125 AS DOUBLE), 'été', '{"a": [1, 2]}', 3, 'second', '{"free": "x"}'),
          (2, ARRAY[CAST(2 AS FLOAT), CAST(3 AS FLOAT)], CAST(NULL AS BOOLEAN), CAST(NULL AS TINYINT),
           CAST(NULL AS SMALLINT), CAST(NULL AS INT), CAST(NULL AS FLOAT), CAST(NULL AS DOUBLE), CAST(NULL AS STRING),
           CAST(NULL AS STRING), CAST(NULL AS INT), CAST(NULL AS STRING), CAST(NULL AS STRING))\
        """);
    Map<String, Object> full = made.rows("id == 1", "*").getFirst();
    assertThat(full)
        .containsEntry("v", List.of(0.5f, 1.5f))
        .containsEntry("truth", true)
        .containsEntry("number", 70_000)
        .containsEntry("real", 0.25f)
        .containsEntry("exact", 0.125)
        .containsEntry("name", "été")
        .containsEntry("kept", 3)
        .containsEntry("free", "x");
    assertThat(((Number) full.get("tiny")).intValue()).isEqualTo(-8);
    assertThat(((Number) full.get("small")).intValue()).isEqualTo(300);
    assertThat(((JsonObject) full.get("doc")).get("a")).hasToString("[1,2]");
    Map<String, Object> empty = made.rows("id == 2", "*").getFirst();
    assertThat(empty).containsEntry("v", List.of(2f, 3f)).containsEntry("kept", 7);
    assertThat(empty.get("number")).isNull();
    assertThat(empty.get("name")).isNull();
    assertThat(made.rows("free == \"x\"", "id")).hasSize(1);
    assertThat(
            client
                .query(
                    QueryReq.builder()
                        .collectionName(made.name())
                        .partitionNames(List.of("second"))
                        .filter("id > 0")
                        .outputFields(List.of("id"))
                        .build())
                .getQueryResults())
        .hasSize(1);
  }

  private SinkCollection everyType() {
    SinkCollection made =
        SinkCollection.create(
            client,
            2,
            schema -> {
              schema.setEnableDynamicField(true);
              Stream.of(
                      field("truth", DataType.Bool),
                      field("tiny", DataType.Int8),
                      field("small", DataType.Int16),
                      field("number", DataType.Int32),
                      field("real", DataType.Float),
                      field("exact", DataType.Double),
                      field("doc", DataType.JSON))
                  .forEach(nullable -> {
                    nullable.setIsNullable(true);
                    schema.addField(nullable);
                  });
              schema.addField(
                  AddFieldReq.builder()
                      .fieldName("name")
                      .dataType(DataType.VarChar)
                      .maxLength(20)
                      .isNullable(true)
                      .build());
              schema.addField(
                  AddFieldReq.builder()
                      .fieldName("kept")
                      .dataType(DataType.Int32)
                      .defaultValue(7)
                      .build());
            });
    client.createPartition(
        CreatePartitionReq.builder().collectionName(made.name()).partitionName("second").build());
    return made;
  }

  private static void counted(CollectionSchema schema) {
    schema.addField(field("n", DataType.Int64));
  }

  private static final String COUNTED =
      "id BIGINT NOT NULL, v ARRAY<FLOAT>, n BIGINT, PRIMARY KEY (id) NOT ENFORCED";

  @ParameterizedTest
  @ValueSource(strings = {"upsert", "insert"})
  void a_thousand_rows_in_small_batches_are_there_once_each(String mode) throws Exception {
    SinkCollection made = SinkCollection.create(client, 2, SinkSqlTest::counted);
    TableEnvironment tables = batch();
    table(tables, made, COUNTED, "dim.v=2", "sink.write-mode=" + mode, "sink.batch.rows=7");
    tables.executeSql(
        """
        CREATE TABLE numbers (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '1000',
          'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000')\
        """);
    run(
        tables,
        "INSERT INTO t SELECT id, ARRAY[CAST(id AS FLOAT), CAST(1 AS FLOAT)], id * 3 FROM numbers");
    Map<Long, Long> model = new HashMap<>();
    for (long id = 1; id <= 1_000; id++) {
      model.put(id, id * 3);
    }
    assertThat(made.numbers("n")).isEqualTo(model);
    assertThat(made.count()).isEqualTo(1_000);
  }

  @Test
  void the_changelog_of_an_aggregation_leaves_its_result_and_takes_back_what_is_gone()
      throws Exception {
    SinkCollection made = SinkCollection.create(client, 1, SinkSqlTest::counted);
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    environment.setParallelism(2);
    StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    table(tables, made, COUNTED, "dim.v=2", "sink.batch.rows=3");
    // Sixty keys get ten rows each; then every third key loses all of its rows but two, and one key
    // its only row.
    List<Row> changes = new ArrayList<>();
    Map<Long, Long> model = new HashMap<>();
    for (long i = 0; i < 600; i++) {
      changes.add(Row.ofKind(RowKind.INSERT, i, i % 60));
      model.merge(i % 60, 1L, Long::sum);
    }
    for (long i = 0; i < 480; i++) {
      if (i % 3 == 0) {
        changes.add(Row.ofKind(RowKind.DELETE, i, i % 60));
        model.merge(i % 60, -1L, Long::sum);
      }
    }
    changes.add(Row.ofKind(RowKind.INSERT, 5_000L, 99L));
    changes.add(Row.ofKind(RowKind.DELETE, 5_000L, 99L));
    tables.createTemporaryView(
        "changes",
        tables.fromChangelogStream(
            environment.fromData(Types.ROW(Types.LONG, Types.LONG), changes.toArray(Row[]::new)),
            Schema.newBuilder()
                .column("f0", "BIGINT NOT NULL")
                .column("f1", "BIGINT NOT NULL")
                .primaryKey("f0")
                .build(),
            ChangelogMode.all()));
    run(
        tables,
        "INSERT INTO t SELECT f1, ARRAY[CAST(f1 AS FLOAT), CAST(1 AS FLOAT)], COUNT(*) FROM changes GROUP BY f1");
    assertThat(made.numbers("n")).isEqualTo(model);
  }

  @Test
  void a_bad_row_fails_the_job_with_its_key_its_column_and_the_way_out() throws Exception {
    SinkCollection made = SinkCollection.create(client, 1, SinkSqlTest::counted);
    TableEnvironment tables = batch();
    table(tables, made, COUNTED, "dim.v=2");
    assertThatThrownBy(() ->
            run(
                tables,
                "INSERT INTO t VALUES (1, ARRAY[CAST(1 AS FLOAT), CAST(1 AS FLOAT)], 1), (42, ARRAY[CAST(1 AS FLOAT)], 2)"))
        .hasMessageContainingAll(
            "key 42", "column 'v'", "has 1 values, the dimension is 2", "'sink.on-error'='skip'");
  }

  @Test
  void bad_rows_can_be_left_out_whether_the_sink_or_the_server_finds_them() throws Exception {
    SinkCollection made =
        SinkCollection.create(
            client,
            1,
            schema -> {
              counted(schema);
              schema.addField(field("doc", DataType.JSON));
            });
    TableEnvironment tables = batch();
    table(
        tables,
        made,
        "id BIGINT NOT NULL, v ARRAY<FLOAT>, n BIGINT, doc STRING, PRIMARY KEY (id) NOT ENFORCED",
        "dim.v=2",
        "type.doc=JSON",
        "sink.on-error=skip");
    run(
        tables,
        """
        INSERT INTO t VALUES
          (1, ARRAY[CAST(1 AS FLOAT), CAST(1 AS FLOAT)], 1, '{}'),
          (2, ARRAY[CAST(1 AS FLOAT)], 2, '{}'),
          (3, ARRAY[CAST(1 AS FLOAT), CAST(1 AS FLOAT)], 3, 'no document'),
          (4, ARRAY[CAST(1 AS FLOAT), CAST(1 AS FLOAT)], CAST(NULL AS BIGINT), '{}'),
          (5, ARRAY[CAST(1 AS FLOAT), CAST(1 AS FLOAT)], 5, '[5]')\
        """);
    assertThat(made.numbers("n")).isEqualTo(Map.of(1L, 1L, 5L, 5L));
  }

  @Test
  void keys_that_the_server_makes_need_no_values() throws Exception {
    CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder()
            .fieldName("id")
            .dataType(DataType.Int64)
            .isPrimaryKey(true)
            .autoID(true)
            .build());
    schema.addField(
        AddFieldReq.builder().fieldName("v").dataType(DataType.FloatVector).dimension(2).build());
    counted(schema);
    SinkCollection made = SinkCollection.create(client, 1, schema);
    TableEnvironment tables = batch();
    table(tables, made, "id BIGINT, v ARRAY<FLOAT>, n BIGINT", "dim.v=2", "auto-id=true");
    run(
        tables,
        "INSERT INTO t (v, n) VALUES (ARRAY[CAST(1 AS FLOAT), CAST(1 AS FLOAT)], 1), (ARRAY[CAST(1 AS FLOAT), CAST(2 AS FLOAT)], 2)");
    assertThat(made.numbers("n").values()).containsExactlyInAnyOrder(1L, 2L);
  }
}
