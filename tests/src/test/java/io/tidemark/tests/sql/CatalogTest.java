package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.GetLoadStateReq;
import io.milvus.v2.service.collection.response.DescribeCollectionResp;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.response.DescribeIndexResp;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import io.milvus.v2.service.utility.request.DropAliasReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.Stores;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The catalog and its DDL against a running Tidemark, beside the stock SDK. */
@ExtendWith(SharedTidemark.class)
class CatalogTest {
  private final MilvusClientV2 client;
  private final TidemarkProcess process;
  private final SqlSession sql;

  CatalogTest(TidemarkProcess process, MilvusClientV2 client) throws IOException {
    this.process = process;
    this.client = client;
    this.sql = SqlSession.batch(process);
  }

  private DescribeCollectionResp described(String name) {
    return client.describeCollection(DescribeCollectionReq.builder().collectionName(name).build());
  }

  private DescribeIndexResp.IndexDesc index(String name, String field) {
    return client
        .describeIndex(DescribeIndexReq.builder().collectionName(name).fieldName(field).build())
        .getIndexDescByFieldName(field);
  }

  private static JsonObject row(long id, String title, float... vector) {
    JsonObject row = new JsonObject();
    row.addProperty("id", id);
    row.addProperty("title", title);
    JsonArray values = new JsonArray();
    for (float value : vector) {
      values.add(value);
    }
    row.add("v", values);
    return row;
  }

  @Test
  void a_table_created_in_sql_is_a_collection_that_sdks_write_and_search_at_once()
      throws Exception {
    sql.run(
        """
        CREATE TABLE cat_docs (
          id BIGINT COMMENT 'the key',
          title VARCHAR(200) NOT NULL,
          body STRING,
          facts STRING,
          price DOUBLE,
          stars TINYINT,
          year_of SMALLINT,
          pages INT,
          weight FLOAT,
          sold BOOLEAN,
          v ARRAY<FLOAT>,
          w ARRAY<FLOAT> NOT NULL,
          PRIMARY KEY (id) NOT ENFORCED
        ) COMMENT 'documents' WITH (
          'connector'='tidemark',
          'dim.v'='4', 'index.v'='HNSW', 'metric.v'='L2',
          'index.params.v'='M=8,efConstruction=64',
          'dim.w'='2', 'type.facts'='JSON', 'default.price'='1.5',
          'index.title'='INVERTED',
          'shards'='2', 'ttl'='7 d', 'consistency'='STRONG',
          'property.owner'='ada', 'sink.batch.rows'='100')
        """);
    DescribeCollectionResp collection = described("cat_docs");
    assertThat(collection.getDescription()).isEqualTo("documents");
    assertThat(collection.getShardsNum()).isEqualTo(2);
    assertThat(collection.getConsistencyLevel()).isEqualTo(ConsistencyLevel.STRONG);
    assertThat(collection.getEnableDynamicField()).isFalse();
    assertThat(collection.getProperties())
        .containsEntry("collection.ttl.seconds", "604800")
        .containsEntry("owner", "ada");
    List<CreateCollectionReq.FieldSchema> fields =
        collection.getCollectionSchema().getFieldSchemaList();
    assertThat(fields)
        .extracting(CreateCollectionReq.FieldSchema::getDataType)
        .containsExactly(
            DataType.Int64,
            DataType.VarChar,
            DataType.VarChar,
            DataType.JSON,
            DataType.Double,
            DataType.Int8,
            DataType.Int16,
            DataType.Int32,
            DataType.Float,
            DataType.Bool,
            DataType.FloatVector,
            DataType.FloatVector);
    assertThat(fields)
        .extracting(CreateCollectionReq.FieldSchema::getIsNullable)
        .containsExactly(
            false, false, true, true, true, true, true, true, true, true, false, false);
    assertThat(fields.get(0).getDescription()).isEqualTo("the key");
    assertThat(fields.get(0).getIsPrimaryKey()).isTrue();
    assertThat(fields.get(1).getMaxLength()).isEqualTo(200);
    assertThat(fields.get(2).getMaxLength()).isEqualTo(65_535);
    assertThat(fields.get(4).getDefaultValue()).isEqualTo(1.5);
    assertThat(fields.get(10).getDimension()).isEqualTo(4);
    assertThat(index("cat_docs", "v").getIndexType()).isEqualTo(IndexParam.IndexType.HNSW);
    assertThat(index("cat_docs", "v").getMetricType()).isEqualTo(IndexParam.MetricType.L2);
    assertThat(index("cat_docs", "v").getExtraParams()).containsEntry("M", "8");
    assertThat(index("cat_docs", "w").getMetricType()).isEqualTo(IndexParam.MetricType.COSINE);

    JsonObject row = row(7, "seven", 1, 0, 0, 0);
    row.add("w", row.getAsJsonArray("v").deepCopy());
    row.getAsJsonArray("w").remove(0);
    row.getAsJsonArray("w").remove(0);
    row.getAsJsonArray("w").set(0, new com.google.gson.JsonPrimitive(1f));
    client.insert(InsertReq.builder().collectionName("cat_docs").data(List.of(row)).build());
    SearchResp found =
        client.search(
            SearchReq.builder()
                .collectionName("cat_docs")
                .annsField("v")
                .data(List.of(new FloatVec(new float[] {1, 0, 0, 0})))
                .limit(1)
                .outputFields(List.of("title", "price"))
                .build());
    assertThat(found.getSearchResults().getFirst().getFirst().getEntity())
        .containsEntry("title", "seven")
        .containsEntry("price", 1.5);
  }

  @Test
  void what_show_create_table_prints_makes_the_same_collection_again() throws Exception {
    sql.run(
        """
        CREATE TABLE cat_again (
          `k` VARCHAR(64) COMMENT 'isn''t a number',
          a INT, j STRING, flag BOOLEAN NOT NULL, v ARRAY<FLOAT>,
          `$meta` STRING METADATA,
          `partition` STRING METADATA,
          `ingested_at` TIMESTAMP_LTZ(3) METADATA VIRTUAL,
          PRIMARY KEY (`k`) NOT ENFORCED
        ) COMMENT 'made twice' WITH (
          'dim.v'='3', 'metric.v'='IP', 'index.v'='HNSW', 'index.params.v'='M=4,efConstruction=40',
          'index.a'='INVERTED', 'type.j'='JSON', 'default.flag'='true', 'dynamic'='true',
          'ttl'='36 h', 'property.team'='search', 'sink.batch.linger'='20 ms', 'shards'='2')
        """);
    String shown = sql.text("SHOW CREATE TABLE cat_again");
    List<Row> columns = sql.rows("DESCRIBE cat_again");
    DescribeCollectionResp before = described("cat_again");
    sql.run("DROP TABLE cat_again");
    assertThat(sql.rows("SHOW TABLES")).doesNotContain(Row.of("cat_again"));
    sql.run(shown);
    assertThat(sql.text("SHOW CREATE TABLE cat_again")).isEqualTo(shown);
    assertThat(sql.rows("DESCRIBE cat_again")).isEqualTo(columns);
    DescribeCollectionResp after = described("cat_again");
    assertThat(after.getCollectionID()).isNotEqualTo(before.getCollectionID());
    assertThat(after.getCollectionSchema())
        .usingRecursiveComparison()
        .isEqualTo(before.getCollectionSchema());
    assertThat(after.getProperties()).isEqualTo(before.getProperties());
    assertThat(after.getDescription()).isEqualTo("made twice");
    assertThat(shown)
        .contains("COMMENT 'made twice'", "'ttl' = '36 h'", "'index.a' = 'INVERTED'")
        .contains("`$meta` VARCHAR(2147483647) METADATA", "METADATA VIRTUAL")
        .contains("PRIMARY KEY (`k`) NOT ENFORCED", "COMMENT 'isn''t a number'");
  }

  @Test
  void a_collection_made_by_an_sdk_is_a_table_with_its_types() throws Exception {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.setEnableDynamicField(true);
    schema.addField(
        AddFieldReq.builder()
            .fieldName("id")
            .dataType(DataType.Int64)
            .isPrimaryKey(true)
            .autoID(true)
            .build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("tag")
            .dataType(DataType.VarChar)
            .maxLength(32)
            .isNullable(true)
            .defaultValue("none")
            .description("a label")
            .build());
    schema.addField(AddFieldReq.builder().fieldName("j").dataType(DataType.JSON).build());
    schema.addField(
        AddFieldReq.builder().fieldName("v").dataType(DataType.FloatVector).dimension(8).build());
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName("cat_sdk")
            .collectionSchema(schema)
            .description("from an SDK")
            .indexParam(
                IndexParam.builder()
                    .fieldName("v")
                    .indexType(IndexParam.IndexType.HNSW)
                    .metricType(IndexParam.MetricType.IP)
                    .extraParams(Map.of("M", 16, "efConstruction", 100))
                    .build())
            .build());
    client.createAlias(
        CreateAliasReq.builder().collectionName("cat_sdk").alias("cat_sdk_alias").build());

    assertThat(sql.rows("SHOW TABLES")).contains(Row.of("cat_sdk"));
    assertThat(sql.rows("DESCRIBE cat_sdk"))
        .extracting(row -> row.getField(0) + " " + row.getField(1) + " " + row.getField(2))
        .containsExactly(
            "id BIGINT false",
            "tag VARCHAR(32) true",
            "j STRING false",
            "v ARRAY<FLOAT> false",
            "$meta STRING true");
    String shown = sql.text("SHOW CREATE TABLE cat_sdk_alias");
    assertThat(shown)
        .contains("'dim.v' = '8'", "'index.v' = 'HNSW'", "'metric.v' = 'IP'", "'type.j' = 'JSON'")
        .contains("'index.params.v' = 'M=16,efConstruction=100'", "'auto-id' = 'true'")
        .contains("'dynamic' = 'true'", "'default.tag' = 'none'", "COMMENT 'a label'")
        .contains("'collection' = 'cat_sdk_alias'");
    client.dropAlias(DropAliasReq.builder().alias("cat_sdk_alias").build());
    client.dropCollection(DropCollectionReq.builder().collectionName("cat_sdk").build());
    assertThatThrownBy(() -> sql.run("DESCRIBE cat_sdk")).hasMessageContaining("cat_sdk");
  }

  @Test
  void databases_are_databases_in_both_directions() throws Exception {
    sql.run("CREATE DATABASE IF NOT EXISTS cat_db COMMENT 'for tests' WITH ('owner'='ada')");
    sql.run("CREATE DATABASE IF NOT EXISTS cat_db");
    assertThat(client.listDatabases().getDatabaseNames()).contains("cat_db", "default");
    assertThat(sql.rows("SHOW DATABASES")).contains(Row.of("cat_db"), Row.of("default"));
    sql.run("ALTER DATABASE cat_db SET ('owner'='grace', 'team'='search')");
    CatalogDatabase altered =
        sql.tables().getCatalog(SqlSession.CATALOG).orElseThrow().getDatabase("cat_db");
    assertThat(altered.getComment()).isEqualTo("for tests");
    assertThat(altered.getProperties())
        .containsEntry("owner", "grace")
        .containsEntry("team", "search");
    assertThatThrownBy(() -> sql.run("CREATE DATABASE cat_db")).hasStackTraceContaining("exist");
    sql.run(
        "CREATE TABLE cat_db.t (id BIGINT PRIMARY KEY NOT ENFORCED, v ARRAY<FLOAT>) WITH ('dim.v'='2')");
    sql.run("USE cat_db");
    assertThat(sql.rows("SHOW TABLES")).containsExactly(Row.of("t"));
    assertThat(sql.text("SHOW CREATE TABLE t")).contains("'database' = 'cat_db'");
    sql.run("USE `default`");
    assertThatThrownBy(() -> sql.run("DROP DATABASE cat_db")).hasStackTraceContaining("not empty");
    sql.run("DROP DATABASE cat_db CASCADE");
    assertThat(client.listDatabases().getDatabaseNames()).doesNotContain("cat_db");
    sql.run("DROP DATABASE IF EXISTS cat_db");
  }

  @Test
  void a_table_can_get_columns_options_and_another_name() throws Exception {
    sql.run(
        """
        CREATE TABLE cat_alter (id BIGINT PRIMARY KEY NOT ENFORCED, v ARRAY<FLOAT>)
        WITH ('dim.v'='2', 'metric.v'='L2', 'ttl'='1 d')
        """);
    sql.run("ALTER TABLE cat_alter ADD (lang VARCHAR(8) COMMENT 'ISO 639')");
    sql.run("ALTER TABLE cat_alter ADD (`timestamp` BIGINT METADATA VIRTUAL)");
    sql.run(
        "ALTER TABLE cat_alter SET ('dim.w'='3', 'metric.w'='IP', 'type.j'='JSON', 'ttl'='2 d')");
    sql.run("ALTER TABLE cat_alter ADD (w ARRAY<FLOAT>, j STRING)");
    sql.run("ALTER TABLE cat_alter SET ('sink.batch.rows'='77', 'property.team'='search')");
    assertThat(sql.rows("DESCRIBE cat_alter"))
        .extracting(row -> row.getField(0) + " " + row.getField(1) + " " + row.getField(2))
        .containsExactly(
            "id BIGINT false",
            "v ARRAY<FLOAT> false",
            "lang VARCHAR(8) true",
            "w ARRAY<FLOAT> true",
            "j STRING true",
            "timestamp BIGINT true");
    assertThat(sql.text("SHOW CREATE TABLE cat_alter"))
        .contains("'ttl' = '2 d'", "'sink.batch.rows' = '77'", "'property.team' = 'search'")
        .contains("'dim.w' = '3'", "'metric.w' = 'IP'", "'index.w' = 'AUTOINDEX'")
        .contains("COMMENT 'ISO 639'");
    assertThat(described("cat_alter").getProperties())
        .containsEntry("collection.ttl.seconds", "172800")
        .containsEntry("team", "search")
        .doesNotContainKey("sql.dim.w");
    assertThat(index("cat_alter", "w").getMetricType()).isEqualTo(IndexParam.MetricType.IP);
    sql.run("ALTER TABLE cat_alter RESET ('ttl', 'sink.batch.rows')");
    sql.run("ALTER TABLE cat_alter DROP `timestamp`");
    sql.run("ALTER TABLE cat_alter RENAME TO cat_altered");
    assertThat(sql.text("SHOW CREATE TABLE cat_altered"))
        .doesNotContain("ttl", "sink.batch.rows", "timestamp");
    assertThat(client.getLoadState(GetLoadStateReq.builder().collectionName("cat_altered").build()))
        .isTrue();
    assertThatThrownBy(() -> sql.run("DESCRIBE cat_alter")).hasMessageContaining("cat_alter");
  }

  @Test
  void an_index_can_be_put_on_a_collection_that_an_sdk_made_without() throws Exception {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder().fieldName("v").dataType(DataType.FloatVector).dimension(2).build());
    client.createCollection(
        CreateCollectionReq.builder().collectionName("cat_bare").collectionSchema(schema).build());
    assertThat(sql.text("SHOW CREATE TABLE cat_bare")).doesNotContain("'index.v'");
    sql.run("ALTER TABLE cat_bare SET ('index.v'='HNSW', 'metric.v'='L2')");
    assertThat(index("cat_bare", "v").getIndexType()).isEqualTo(IndexParam.IndexType.HNSW);
    assertThat(client.getLoadState(GetLoadStateReq.builder().collectionName("cat_bare").build()))
        .isTrue();
    sql.run("ALTER TABLE cat_bare SET ('index.v'='HNSW')");
    assertThatThrownBy(() -> sql.run("ALTER TABLE cat_bare SET ('index.v'='FLAT')"))
        .hasStackTraceContaining("column 'v' has an index")
        .hasStackTraceContaining("CALL sys.reindex");
  }

  @Test
  void a_table_that_is_there_or_not_is_told_and_can_be_ignored() throws Exception {
    String create =
        "cat_once (id BIGINT PRIMARY KEY NOT ENFORCED, v ARRAY<FLOAT>) WITH ('dim.v'='2')";
    sql.run("CREATE TABLE " + create);
    sql.run("CREATE TABLE IF NOT EXISTS " + create);
    assertThatThrownBy(() -> sql.run("CREATE TABLE " + create)).hasStackTraceContaining("exist");
    sql.run("CREATE TABLE cat_like LIKE cat_once");
    assertThat(sql.text("SHOW CREATE TABLE cat_like"))
        .contains("'collection' = 'cat_like'", "'dim.v' = '2'");
    sql.run("DROP TABLE cat_like");
    sql.run("DROP TABLE cat_once");
    sql.run("DROP TABLE IF EXISTS cat_once");
    sql.run("ALTER TABLE IF EXISTS cat_once SET ('ttl'='1 d')");
    assertThatThrownBy(() -> sql.run("DROP TABLE cat_once")).hasMessageContaining("cat_once");
  }

  @Test
  void a_wrong_endpoint_is_told_when_the_catalog_is_created() throws Exception {
    String url = "http://" + process.httpAddress();
    assertThatThrownBy(
            () -> sql.run("CREATE CATALOG c WITH ('type'='tidemark', 'endpoint'='nowhere')"))
        .hasStackTraceContaining(
            "endpoint 'nowhere' is no host:port; write it like localhost:19530");
    assertThatThrownBy(() ->
            sql.run(
                "CREATE CATALOG c WITH ('type'='tidemark', 'http-endpoint'='"
                    + url
                    + "', 'end-point'='x:1')"))
        .hasStackTraceContaining("end-point");
  }

  @Test
  void create_table_as_select_makes_a_collection_and_fills_it() throws Exception {
    sql.run(
        """
        CREATE TABLE cat_ctas (PRIMARY KEY (id) NOT ENFORCED)
        WITH ('dim.v'='2', 'metric.v'='L2')
        AS SELECT id, title, ARRAY[CAST(id AS FLOAT), CAST(0 AS FLOAT)] AS v
        FROM (VALUES (CAST(1 AS BIGINT), 'one'), (CAST(2 AS BIGINT), 'two')) AS t(id, title)
        """);
    assertThat(
            client
                .search(
                    SearchReq.builder()
                        .collectionName("cat_ctas")
                        .data(List.of(new FloatVec(new float[] {2, 0})))
                        .limit(5)
                        .outputFields(List.of("title"))
                        .consistencyLevel(ConsistencyLevel.STRONG)
                        .build())
                .getSearchResults()
                .getFirst())
        .extracting(hit -> hit.getId() + " " + hit.getEntity().get("title"))
        .containsExactly("2 two", "1 one");
  }

  @Test
  void vectors_of_halves_and_bytes_are_written_read_and_searched() throws Exception {
    sql.run(
        """
        CREATE TABLE cat_narrow (
          id BIGINT, h ARRAY<FLOAT>, b ARRAY<FLOAT>, c ARRAY<TINYINT>, PRIMARY KEY (id) NOT ENFORCED
        ) WITH (
          'dim.h'='2', 'type.h'='FLOAT16', 'metric.h'='L2', 'dim.b'='2', 'type.b'='BFloat16Vector',
          'metric.b'='IP', 'dim.c'='2', 'metric.c'='L2', 'consistency'='STRONG')
        """);
    assertThat(described("cat_narrow").getCollectionSchema().getFieldSchemaList())
        .extracting(field -> field.getDataType())
        .containsExactly(
            DataType.Int64, DataType.Float16Vector, DataType.BFloat16Vector, DataType.Int8Vector);
    assertThat(sql.text("SHOW CREATE TABLE cat_narrow"))
        .contains("'type.h' = 'FLOAT16'", "'type.b' = 'BFLOAT16'", "`c` ARRAY<TINYINT>");
    sql.run(
        """
        INSERT INTO cat_narrow
        SELECT id, ARRAY[CAST(x AS FLOAT), 1E0], ARRAY[CAST(x AS FLOAT), 1E0],
               ARRAY[CAST(id AS TINYINT), CAST(-1 AS TINYINT)]
        FROM (VALUES (CAST(1 AS BIGINT), 1.0001), (CAST(2 AS BIGINT), 2.5)) AS t(id, x)
        """
            .replace("1E0", "CAST(1 AS FLOAT)"));
    List<Row> rows = sql.rows("SELECT id, h, b, c FROM cat_narrow ORDER BY id");
    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst().<Float[]>getFieldAs("h")).containsExactly(1f, 1f);
    assertThat(rows.getLast().<Float[]>getFieldAs("b")).containsExactly(2.5f, 1f);
    assertThat(rows.getLast().<Byte[]>getFieldAs("c")).containsExactly((byte) 2, (byte) -1);
    Row nearest =
        sql.rows(
                "SELECT id, h, c, score FROM TABLE(VECTOR_SEARCH(TABLE cat_narrow, DESCRIPTOR(h),"
                    + " VECTOR_PARSE('[2.5, 1]'), 1))")
            .getFirst();
    assertThat(nearest.getField("id")).isEqualTo(2L);
    assertThat(nearest.<Double>getFieldAs("score")).isZero();
    assertThat(nearest.<Byte[]>getFieldAs("c")).containsExactly((byte) 2, (byte) -1);
    assertThat(
            sql.rows(
                "SELECT id, score FROM TABLE(TIDEMARK_SEARCH(collection => 'cat_narrow', query =>"
                    + " VECTOR_PARSE('[1, -1]'), k => 2, field => 'c'))"))
        .extracting(Row::toString)
        .containsExactly("+I[1, 0.0]", "+I[2, 1.0]");
    assertThatThrownBy(() ->
            sql.rows(
                "SELECT id FROM TABLE(TIDEMARK_SEARCH(collection => 'cat_narrow', query =>"
                    + " VECTOR_PARSE('[1.5, -1]'), k => 2, field => 'c'))"))
        .hasStackTraceContaining("element 0 of the query vector is 1.5, expected a whole number");
    assertThatThrownBy(() ->
            sql.run(
                "INSERT INTO cat_narrow VALUES (3, ARRAY[CAST(70000 AS FLOAT), CAST(0 AS FLOAT)],"
                    + " ARRAY[CAST(0 AS FLOAT), CAST(0 AS FLOAT)], ARRAY[CAST(0 AS TINYINT),"
                    + " CAST(0 AS TINYINT)])"))
        .hasStackTraceContaining("column 'h' is 70000.0 at position 0, more than a FLOAT16_VECTOR");
  }

  @Test
  void vectors_of_bits_are_bytes() throws Exception {
    sql.run(
        """
        CREATE TABLE cat_bits (id BIGINT, v BYTES, PRIMARY KEY (id) NOT ENFORCED)
        WITH ('dim.v'='16', 'consistency'='STRONG')
        """);
    assertThat(described("cat_bits").getCollectionSchema().getFieldSchemaList())
        .extracting(field -> field.getDataType())
        .containsExactly(DataType.Int64, DataType.BinaryVector);
    assertThat(sql.text("SHOW CREATE TABLE cat_bits"))
        .contains("`v` VARBINARY(2147483647)", "'dim.v' = '16'", "'metric.v' = 'HAMMING'");
    sql.run("INSERT INTO cat_bits VALUES (1, x'0ff0'), (2, x'8001')");
    assertThat(sql.rows("SELECT id, v FROM cat_bits ORDER BY id"))
        .extracting(row -> row.<byte[]>getFieldAs("v"))
        .containsExactly(new byte[] {0x0f, (byte) 0xf0}, new byte[] {(byte) 0x80, 1});
    // The function and the server count alike.
    assertThat(
            sql.rows(
                "SELECT id, score, HAMMING_DISTANCE(v, x'8000') AS d FROM TABLE(TIDEMARK_SEARCH("
                    + "'cat_bits', VECTOR_PARSE('[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]'), 2))"))
        .extracting(Row::toString)
        .containsExactly("+I[2, 1.0, 1.0]", "+I[1, 9.0, 9.0]");
    assertThatThrownBy(() ->
            sql.rows(
                "SELECT id FROM TABLE(TIDEMARK_SEARCH('cat_bits',"
                    + " VECTOR_PARSE('[1,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0]'), 2))"))
        .hasStackTraceContaining("element 1 of the query vector is 2.0, expected 0 or 1");
    assertThatThrownBy(() -> sql.run("INSERT INTO cat_bits VALUES (3, x'00')"))
        .hasStackTraceContaining("column 'v' has 1 bytes, the dimension is 16");
  }

  @Test
  void sparse_vectors_are_maps() throws Exception {
    sql.run(
        """
        CREATE TABLE cat_sparse (id BIGINT, v MAP<BIGINT, FLOAT>, PRIMARY KEY (id) NOT ENFORCED)
        WITH ('consistency'='STRONG')
        """);
    assertThat(described("cat_sparse").getCollectionSchema().getFieldSchemaList())
        .extracting(field -> field.getDataType())
        .containsExactly(DataType.Int64, DataType.SparseFloatVector);
    assertThat(sql.text("SHOW CREATE TABLE cat_sparse"))
        .contains("`v` MAP<BIGINT NOT NULL, FLOAT NOT NULL>", "'metric.v' = 'IP'")
        .doesNotContain("dim.v");
    sql.run(
        "INSERT INTO cat_sparse VALUES (1, MAP[CAST(4000000000 AS BIGINT), CAST(2 AS FLOAT),"
            + " CAST(7 AS BIGINT), CAST(0.5 AS FLOAT)]), (2, MAP[CAST(7 AS BIGINT), CAST(3 AS FLOAT)])");
    assertThat(sql.rows("SELECT id, v, v[7] AS seven FROM cat_sparse ORDER BY id"))
        .extracting(Row::toString)
        .containsExactly("+I[1, {7=0.5, 4000000000=2.0}, 0.5]", "+I[2, {7=3.0}, 3.0]");
    assertThatThrownBy(() ->
            sql.rows("SELECT id FROM TABLE(TIDEMARK_SEARCH('cat_sparse', VECTOR_PARSE('[1]'), 2))"))
        .hasStackTraceContaining("field 'v' of collection 'cat_sparse' has sparse vectors");
    for (String bad :
        List.of(
            "(3, MAP[CAST(-1 AS BIGINT), CAST(2 AS FLOAT)]) | column 'v' has index -1",
            "(3, MAP[CAST(1 AS BIGINT), CAST(-2 AS FLOAT)]) | negative value in sparse float vector")) {
      String[] parts = bad.split(" \\| ", -1);
      assertThatThrownBy(() -> sql.run("INSERT INTO cat_sparse VALUES " + parts[0]))
          .hasStackTraceContaining(parts[1]);
    }
  }

  @Test
  void the_server_says_where_log_and_lake_are() throws Exception {
    Endpoint endpoint =
        new Endpoint(process.grpcAddress(), "http://" + process.httpAddress(), "user:secret");
    assertThat(endpoint.toString()).doesNotContain("secret");
    try (TidemarkClient tidemark = TidemarkClient.connect(endpoint)) {
      Stores stores = tidemark.stores();
      assertThat(stores.log().bootstrapServers())
          .isEqualTo(Files.readString(process.data().resolve("run").resolve("log")).trim());
      assertThat(stores.lake().warehouse()).startsWith("file:///");
      assertThat(stores.lake().catalogUri()).startsWith("jdbc:sqlite:");
    }
  }
}
