package io.tidemark.tests.benchmark;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.log.LogConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-commits}: how long it takes until a row in each of N collections is
 * committed to its table, and how long a status report over them takes. One JSON line per N.
 */
@Command(
    name = "tidemark bench-commits",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a running Tidemark: a row into each of N collections, then the time until the log's global position says that",
      "every table has its row; the rest of the window is part of it. Prints one JSON line per N: median and maximum over the",
      "rounds, and what one status report took.",
    })
public final class CommitBenchCommand implements Callable<Integer> {
  private static final String PREFIX = "commit_bench_";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory of the running Tidemark (default: ./data)")
  private Path data = Path.of("data");

  @Option(
      names = "--collections",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,100,1000",
      description = "numbers of collections to try, ascending (default: 1,100,1000)")
  private List<Integer> numbers = List.of(1, 100, 1000);

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "rounds of inserts (default: 5)")
  private int rounds = 5;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "8",
      description = "clients that create and insert (default: 8)")
  private int threads = 8;

  private CommitBenchCommand() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CommitBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    MilvusClientV2 client =
        new MilvusClientV2(ConnectConfig.builder().uri("http://" + address("grpc")).build());
    int made = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads);
        ControlStore control = KafkaControlStore.open(LogConfig.of(address("log")))) {
      for (int number : numbers) {
        long start = System.nanoTime();
        each(pool, made, number, name -> create(client, name));
        double createSeconds = (System.nanoTime() - start) / 1e9;
        int more = number - made;
        made = number;
        out.println(measure(client, control, pool, number, more, createSeconds));
        out.flush();
      }
      each(
          pool,
          0,
          made,
          name -> client.dropCollection(DropCollectionReq.builder().collectionName(name).build()));
    } finally {
      client.close();
    }
    return 0;
  }

  private JsonObject measure(
      MilvusClientV2 client,
      ControlStore control,
      ExecutorService pool,
      int number,
      int more,
      double createSeconds)
      throws Exception {
    double[] commitMs = new double[rounds];
    double insertSeconds = 0;
    for (int round = 0; round < rounds; round++) {
      long id = round;
      long start = System.nanoTime();
      each(pool, 0, number, name -> insert(client, name, id));
      insertSeconds += (System.nanoTime() - start) / 1e9;
      start = System.nanoTime();
      awaitCommitted(control, System.currentTimeMillis());
      commitMs[round] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(commitMs);
    JsonObject figures = new JsonObject();
    figures.addProperty("collections", number);
    figures.addProperty("rounds", rounds);
    figures.addProperty("create_ms_each", more == 0 ? 0 : createSeconds * 1e3 / more);
    figures.addProperty("insert_ms_each", insertSeconds * 1e3 / rounds / number);
    figures.addProperty("commit_all_ms_p50", commitMs[rounds / 2]);
    figures.addProperty("commit_all_ms_max", commitMs[rounds - 1]);
    figures.addProperty("status_ms", statusMs());
    figures.addProperty("cores", Runtime.getRuntime().availableProcessors());
    return figures;
  }

  /** Until everything that was logged by then is in the tables. */
  private static void awaitCommitted(ControlStore control, long thenMs)
      throws InterruptedException {
    while (true) {
      Map<String, String> positions = control.list(ControlKeys.POSITION);
      if (!positions.isEmpty()
          && positions.values().stream()
              .allMatch(at -> HybridTimestamp.physicalMs(Long.parseLong(at)) > thenMs)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static void each(ExecutorService pool, int from, int to, Consumer<String> what)
      throws Exception {
    List<Future<?>> all =
        IntStream.range(from, to)
            .<Future<?>>mapToObj(i -> pool.submit(() -> what.accept(PREFIX + i)))
            .toList();
    for (Future<?> one : all) {
      one.get();
    }
  }

  private static void create(MilvusClientV2 client, String name) {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("vector")
            .dataType(DataType.FloatVector)
            .dimension(2)
            .build());
    client.createCollection(
        CreateCollectionReq.builder().collectionName(name).collectionSchema(schema).build());
  }

  private static void insert(MilvusClientV2 client, String name, long id) {
    JsonObject row = new JsonObject();
    row.addProperty("id", id);
    row.add("vector", JsonParser.parseString("[0.5, 0.5]"));
    client.insert(InsertReq.builder().collectionName(name).data(List.of(row)).build());
  }

  /** What the first report took that was begun from now on; the server makes few of them. */
  private long statusMs() throws IOException, InterruptedException {
    long nowMs = System.currentTimeMillis();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (true) {
        String answer =
            http.send(
                    HttpRequest.newBuilder(URI.create("http://" + address("http") + "/status.json"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
        JsonObject status = JsonParser.parseString(answer).getAsJsonObject();
        long tookMs = status.get("took_ms").getAsLong();
        if (status.get("at_ms").getAsLong() - tookMs >= nowMs) {
          return tookMs;
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  private String address(String of) throws IOException {
    return Files.readString(data.resolve("run").resolve(of)).trim();
  }
}
