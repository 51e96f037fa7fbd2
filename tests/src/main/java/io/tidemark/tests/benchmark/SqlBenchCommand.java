package io.tidemark.tests.benchmark;

import com.google.gson.JsonObject;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.tidemark.sql.function.TidemarkFunctions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-sql}: INSERT INTO a collection, by upsert and by insert, beside the same
 * statement into a plain Iceberg table; or the nearest-neighbour join. One JSON line each.
 */
@Command(
    name = "tidemark bench-sql",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a running Tidemark: INSERT INTO … SELECT of made-up rows (id, vector) with Flink SQL, as a batch job in this process,",
      "into collections by upsert and by insert, and into a plain Iceberg table in a folder of its own. Prints one JSON line each;",
      "rows_per_s_per_core divides the rows by the processor seconds of this process and the server until the statement ended.",
    })
public final class SqlBenchCommand implements Callable<Integer> {
  private static final String PREFIX = "sql_bench_";
  private static final int WARM_UP_ROWS = 20_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory of the running Tidemark (default: ./data)")
  private Path data = Path.of("data");

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "200000",
      description = "rows of each statement (default: 200000)")
  private int rows = 200_000;

  @Option(
      names = "--dim",
      paramLabel = "N",
      defaultValue = "128",
      description = "values of each vector (default: 128)")
  private int dimension = 128;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "subtasks of the statement (default: 1)")
  private int parallelism = 1;

  @Option(
      names = "--into",
      split = ",",
      defaultValue = "upsert,insert,iceberg",
      description = "what to measure: upsert, insert, iceberg (default: all)")
  private List<String> into = List.of("upsert", "insert", "iceberg");

  @Option(
      names = "--join",
      paramLabel = "WAY",
      split = ",",
      description = {
        "measure the nearest-neighbour join in place of INSERT INTO: --queries made-up vectors, each with its 10 nearest of --rows",
        "indexed ones. WAY is sync, own (TIDEMARK_SEARCH) or BATCHxREQUESTS (asynchronous), such as 16x2; several between commas"
      })
  private List<String> joins = List.of();

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "4000",
      description = "queries of each join (default: 4000)")
  private int queries = 4_000;

  private SqlBenchCommand() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SqlBenchCommand()).execute(arguments));
  }

  /** Values between 0 and 1 that depend on the row and nothing else; cheap to make. */
  public static final class MadeVector extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    public float[] eval(Long id, Integer dimension) {
      float[] vector = new float[dimension];
      long state = id * 0x9E3779B97F4A7C15L + 1;
      for (int i = 0; i < dimension; i++) {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        vector[i] = (state >>> 40) / (float) (1 << 24);
      }
      return vector;
    }
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    ProcessUsage usage =
        new ProcessUsage(Long.parseLong(Files.readString(data.resolve("run/pid")).trim()));
    Path folder = Files.createTempDirectory("sql-bench");
    MilvusClientV2 client =
        new MilvusClientV2(ConnectConfig.builder().uri("http://" + address()).build());
    try {
      if (!joins.isEmpty()) {
        new JoinBench(session(folder), client, address(), rows, queries, dimension)
            .run(joins, usage, parallelism, out);
        return 0;
      }
      for (String mode : into) {
        TableEnvironment tables = session(folder);
        // Once without measuring, so that both processes have compiled their code.
        insert(tables, client, mode, "warm", WARM_UP_ROWS);
        out.println(measured(tables, client, mode, usage));
        out.flush();
      }
    } finally {
      client.close();
      Folders.delete(folder);
    }
    return 0;
  }

  private JsonObject measured(
      TableEnvironment tables, MilvusClientV2 client, String mode, ProcessUsage usage)
      throws Exception {
    double serverBefore = usage.serverCpuSeconds();
    double before = usage.cpuSeconds();
    long start = System.nanoTime();
    insert(tables, client, mode, "measured", rows);
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpu = usage.cpuSeconds() - before;
    double serverCpu = usage.serverCpuSeconds() - serverBefore;
    // The server does other things meanwhile, which are no cost of writing to Iceberg.
    double counted = mode.equals("iceberg") ? cpu - serverCpu : cpu;
    JsonObject figures = new JsonObject();
    figures.addProperty("into", mode);
    figures.addProperty("rows", rows);
    figures.addProperty("dim", dimension);
    figures.addProperty("parallelism", parallelism);
    figures.addProperty("secs", seconds);
    figures.addProperty("rows_per_s", Math.round(rows / seconds));
    figures.addProperty("flink_cpu_s", cpu - serverCpu);
    figures.addProperty("server_cpu_s", serverCpu);
    figures.addProperty("rows_per_s_per_core", Math.round(rows / counted));
    figures.addProperty("cores", Runtime.getRuntime().availableProcessors());
    return figures;
  }

  private TableEnvironment session(Path folder) {
    Configuration configuration = new Configuration();
    configuration.setString("parallelism.default", Integer.toString(parallelism));
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .inBatchMode()
                .withConfiguration(configuration)
                .build());
    tables.createTemporarySystemFunction("made_vector", MadeVector.class);
    TidemarkFunctions.register(tables);
    tables.executeSql(
        "CREATE CATALOG plain WITH ('type'='iceberg', 'catalog-impl'='org.apache.iceberg.jdbc.JdbcCatalog', 'uri'='jdbc:sqlite:"
            + folder.resolve("catalog.db")
            + "', 'jdbc.schema-version'='V1', 'warehouse'='"
            + folder.resolve("warehouse").toUri()
            + "')");
    tables.executeSql("CREATE DATABASE IF NOT EXISTS plain.bench");
    return tables;
  }

  private void insert(
      TableEnvironment tables, MilvusClientV2 client, String mode, String name, int count)
      throws Exception {
    String table = PREFIX + mode + "_" + name;
    tables.executeSql(
        "CREATE TEMPORARY TABLE numbers_"
            + name
            + " (id BIGINT) WITH ('connector'='datagen', 'number-of-rows'='"
            + count
            + "', 'fields.id.kind'='sequence', 'fields.id.start'='1', 'fields.id.end'='"
            + count
            + "')");
    String target = create(tables, client, mode, table);
    tables
        .executeSql(
            "INSERT INTO "
                + target
                + " SELECT id, made_vector(id, "
                + dimension
                + ") FROM numbers_"
                + name)
        .await();
    if (!mode.equals("iceberg")) {
      client.dropCollection(DropCollectionReq.builder().collectionName(table).build());
    }
  }

  private String create(TableEnvironment tables, MilvusClientV2 client, String mode, String table)
      throws IOException {
    if (mode.equals("iceberg")) {
      String path = "plain.bench." + table;
      tables.executeSql("CREATE TABLE " + path + " (id BIGINT, `vector` ARRAY<FLOAT>)");
      return path;
    }
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(table)
            .collectionSchema(collectionSchema(dimension))
            .build());
    tables.executeSql(table(table, address(), dimension, mode));
    return table;
  }

  /** The statement that makes a table of a collection. */
  static String table(String collection, String address, int dimension, String mode) {
    return "CREATE TEMPORARY TABLE "
        + collection
        + " (id BIGINT NOT NULL, `vector` ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector'='tidemark', 'endpoint'='"
        + address
        + "', 'collection'='"
        + collection
        + "', 'dim.vector'='"
        + dimension
        + "', 'sink.write-mode'='"
        + mode
        + "')";
  }

  static CreateCollectionReq.CollectionSchema collectionSchema(int dimension) {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("vector")
            .dataType(DataType.FloatVector)
            .dimension(dimension)
            .build());
    return schema;
  }

  private String address() throws IOException {
    return Files.readString(data.resolve("run").resolve("grpc")).trim();
  }
}
