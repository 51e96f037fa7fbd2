package io.tidemark.tests.benchmark;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.response.DescribeIndexResp.IndexDesc;
import io.milvus.v2.service.utility.request.FlushReq;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * The nearest-neighbour join: each row of a stream of made-up queries with its ten nearest rows of
 * an indexed collection, by VECTOR_SEARCH, with several ways of asking.
 *
 * @param rows of the collection
 * @param queries of each measured join
 */
record JoinBench(
    TableEnvironment tables,
    MilvusClientV2 client,
    String address,
    int rows,
    int queries,
    int dimension) {
  private static final String COLLECTION = "sql_bench_join";
  private static final int K = 10;
  private static final int WARM_UP = 2_000;
  private static final int RECALL_QUERIES = 200;
  private static final long QUERIES_FROM = 1_000_000_000L;
  private static final long INDEX_LIMIT_S = 1_800;

  /**
   * @param ways {@code sync}, {@code own} for TIDEMARK_SEARCH, or {@code BATCHxREQUESTS} for
   *     asynchronous requests of so many queries, so many at a time
   */
  void run(List<String> ways, ProcessUsage usage, int parallelism, PrintWriter out)
      throws Exception {
    fill();
    try {
      for (String way : ways) {
        double recall = recall(way);
        join(way, WARM_UP);
        double serverBefore = usage.serverCpuSeconds();
        double before = usage.cpuSeconds();
        long start = System.nanoTime();
        join(way, queries);
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = usage.cpuSeconds() - before;
        double serverCpu = usage.serverCpuSeconds() - serverBefore;
        JsonObject figures = new JsonObject();
        figures.addProperty("join", way);
        figures.addProperty("rows", rows);
        figures.addProperty("queries", queries);
        figures.addProperty("dim", dimension);
        figures.addProperty("k", K);
        figures.addProperty("parallelism", parallelism);
        figures.addProperty("secs", seconds);
        figures.addProperty("queries_per_s", Math.round(queries / seconds));
        figures.addProperty("flink_cpu_s", cpu - serverCpu);
        figures.addProperty("server_cpu_s", serverCpu);
        figures.addProperty("queries_per_s_per_core", Math.round(queries / cpu));
        figures.addProperty("recall10", recall);
        figures.addProperty("cores", Runtime.getRuntime().availableProcessors());
        out.println(figures);
        out.flush();
      }
    } finally {
      client.dropCollection(DropCollectionReq.builder().collectionName(COLLECTION).build());
    }
  }

  /** Inserts the rows, and waits until all are indexed. */
  private void fill() throws Exception {
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(COLLECTION)
            .collectionSchema(SqlBenchCommand.collectionSchema(dimension))
            .indexParam(
                IndexParam.builder()
                    .fieldName("vector")
                    .indexType(IndexParam.IndexType.AUTOINDEX)
                    .metricType(IndexParam.MetricType.L2)
                    .build())
            .build());
    tables.executeSql(SqlBenchCommand.table(COLLECTION, address, dimension, "insert"));
    numbers("base_rows", 1, rows);
    tables
        .executeSql(
            "INSERT INTO %s SELECT id, made_vector(id, %d) FROM base_rows"
                .formatted(COLLECTION, dimension))
        .await();
    client.flush(FlushReq.builder().collectionNames(List.of(COLLECTION)).build());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(INDEX_LIMIT_S);
    while (indexed() < rows) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "after " + INDEX_LIMIT_S + " s only " + indexed() + " of " + rows + " are indexed");
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private long indexed() {
    IndexDesc index =
        client
            .describeIndex(
                DescribeIndexReq.builder().collectionName(COLLECTION).fieldName("vector").build())
            .getIndexDescriptions()
            .getFirst();
    return index.getIndexedRows();
  }

  private void numbers(String table, long from, int count) {
    tables.executeSql(
        "CREATE TEMPORARY TABLE IF NOT EXISTS %s (id BIGINT) WITH ('connector'='datagen', 'number-of-rows'='%d', 'fields.id.kind'='sequence', 'fields.id.start'='%d', 'fields.id.end'='%d')"
            .formatted(table, count, from, from + count - 1));
  }

  private String query(String way, int count) {
    numbers("queries_" + count, QUERIES_FROM, count);
    String asked =
        "(SELECT id AS qid, made_vector(id, %d) AS qv FROM queries_%d)".formatted(dimension, count);
    if (way.equals("own")) {
      return "SELECT qid, s.id, s.score FROM %s, LATERAL TABLE(TIDEMARK_SEARCH(collection => '%s', query => qv, k => %d, endpoint => '%s')) AS s"
          .formatted(asked, COLLECTION, K, address);
    }
    String config = "'async', 'false'";
    if (!way.equals("sync")) {
      String[] parts = way.split("x", 2);
      int waiting = Integer.parseInt(parts[0]) * Integer.parseInt(parts[1]);
      config =
          "'async', 'true', 'batch-size', '%s', 'requests', '%s', 'max-concurrent-operations', '%d'"
              .formatted(parts[0], parts[1], Math.max(64, 2 * waiting));
    }
    return "SELECT qid, id, score FROM %s, LATERAL TABLE(VECTOR_SEARCH(TABLE %s, DESCRIPTOR(`vector`), qv, %d, MAP[%s]))"
        .formatted(asked, COLLECTION, K, config);
  }

  private void join(String way, int count) throws Exception {
    tables.executeSql(
        "CREATE TEMPORARY TABLE IF NOT EXISTS nowhere (qid BIGINT, id BIGINT, score DOUBLE) WITH ('connector'='blackhole')");
    tables.executeSql("INSERT INTO nowhere " + query(way, count)).await();
  }

  /** Of the ten nearest, how many are found. */
  private double recall(String way) throws Exception {
    Map<Long, Set<Long>> found = new HashMap<>();
    try (CloseableIterator<Row> hits = tables.executeSql(query(way, RECALL_QUERIES)).collect()) {
      while (hits.hasNext()) {
        Row hit = hits.next();
        found
            .computeIfAbsent((Long) hit.getField(0), query -> new HashSet<>())
            .add((Long) hit.getField(1));
      }
    }
    SqlBenchCommand.MadeVector maker = new SqlBenchCommand.MadeVector();
    float[][] base =
        IntStream.rangeClosed(1, rows)
            .mapToObj(id -> maker.eval((long) id, dimension))
            .toArray(float[][]::new);
    long right = 0;
    for (long query = QUERIES_FROM; query < QUERIES_FROM + RECALL_QUERIES; query++) {
      float[] vector = maker.eval(query, dimension);
      double[] distances = Arrays.stream(base).mapToDouble(row -> distance(row, vector)).toArray();
      Set<Long> hits = found.getOrDefault(query, Set.of());
      right +=
          IntStream.range(0, rows)
              .boxed()
              .sorted(Comparator.comparingDouble(row -> distances[row]))
              .limit(K)
              .filter(row -> hits.contains(row + 1L))
              .count();
    }
    return right / (double) (RECALL_QUERIES * K);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }
}
