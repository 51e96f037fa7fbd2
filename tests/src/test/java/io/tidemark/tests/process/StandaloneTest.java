package io.tidemark.tests.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.GetReq;
import io.milvus.v2.service.vector.request.InsertReq;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How a standalone Tidemark starts, refuses to start, and stops. */
class StandaloneTest {
  private static final long MIB = 1 << 20;
  private static final long RSS_MAX_MIB = 700;

  private record Ended(int status, String printed) {}

  private static Ended runUntilItEnds(Path data, String... options)
      throws IOException, InterruptedException {
    Process process =
        TidemarkProcess.command(data, List.of(options)).redirectErrorStream(true).start();
    try {
      Thread.Builder reading = Thread.ofVirtual();
      StringBuilder printed = new StringBuilder();
      Thread reader =
          reading.start(() -> {
            try (var lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
              lines.forEach(line -> printed.append(line).append('\n'));
            }
          });
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("it ends by itself").isTrue();
      reader.join();
      return new Ended(process.exitValue(), printed.toString());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Every file below the folder with its size and time of change. */
  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(
            folder.relativize(file).toString(),
            Files.size(file) + " bytes, " + Files.getLastModifiedTime(file));
      }
    }
    return content;
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
  void itIsReadySmallOnLoopbackOnlyAndStopsOnSigterm(@TempDir Path folder) throws Exception {
    try (TidemarkProcess tidemark = TidemarkProcess.start(folder.resolve("data"))) {
      HttpResponse<String> health = tidemark.get("/healthz");
      assertThat(health.statusCode()).as(health.body()).isEqualTo(200);

      long rss = Sockets.residentBytes(tidemark.pid()) / MIB;
      System.err.println(
          "StandaloneTest: resident memory right after the start is " + rss + " MiB");
      assertThat(rss).as("MiB resident").isLessThanOrEqualTo(RSS_MAX_MIB);

      List<Sockets.Listening> listening = Sockets.listening(tidemark.pid());
      assertThat(listening)
          .extracting(Sockets.Listening::port)
          .contains(port(tidemark.grpcAddress()), port(tidemark.httpAddress()));
      assertThat(listening)
          .allSatisfy(socket ->
              assertThat(socket.address().isLoopbackAddress())
                  .as("%s is on loopback", socket)
                  .isTrue());

      assertThat(tidemark.stop()).as("exit status after SIGTERM").isZero();
    }
  }

  @Test
  void aDiskThatIsNearlyFullTakesNoRowsAndAnswersReads(@TempDir Path folder) throws Exception {
    try (TidemarkProcess tidemark =
            TidemarkProcess.start(folder.resolve("data"), "--disk-free-mb", "1000000000");
        SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
      client.createCollection(
          CreateCollectionReq.builder().collectionName("books").dimension(2).build());
      JsonObject row =
          JsonParser.parseString("{\"id\": 1, \"vector\": [1.0, 0.0]}").getAsJsonObject();
      assertThatThrownBy(() ->
              client.insert(InsertReq.builder().collectionName("books").data(List.of(row)).build()))
          .hasMessageContainingAll("MiB left", "--disk-free-mb");
      List<Object> ids = List.of(1L);
      client.delete(DeleteReq.builder().collectionName("books").ids(ids).build());
      GetReq get = GetReq.builder().collectionName("books").ids(ids).build();
      assertThat(client.get(get).getGetResults()).isEmpty();
    }
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Test
  void aPortInUseIsNamedAndNothingIsTouched(@TempDir Path folder) throws Exception {
    for (String option : List.of("--grpc-port", "--http-port")) {
      Path data = folder.resolve("of" + option);
      try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Ended ended = runUntilItEnds(data, option, Integer.toString(taken.getLocalPort()));
        assertThat(ended.status()).as(ended.printed()).isNotZero();
        assertThat(ended.printed())
            .contains(Integer.toString(taken.getLocalPort()))
            .contains("in use")
            .contains(option)
            .doesNotContain("\tat ");
        assertThat(Files.exists(data.resolve("FORMAT"))).as("a data directory was made").isFalse();
        assertThat(Files.exists(data.resolve("kafka"))).as("a log was made").isFalse();
      }
    }
  }

  @Test
  void aSecondProcessOnTheSameDataIsRefusedAndTheFirstGoesOn(@TempDir Path folder)
      throws Exception {
    Path data = folder.resolve("data");
    try (TidemarkProcess first = TidemarkProcess.start(data)) {
      Ended second = runUntilItEnds(data);
      assertThat(second.status()).as(second.printed()).isNotZero();
      assertThat(second.printed())
          .contains("in use")
          .contains(Long.toString(first.pid()))
          .doesNotContain("\tat ");
      assertThat(first.get("/healthz").statusCode()).isEqualTo(200);
      try (SdkClient client = SdkClient.to(first.grpcAddress())) {
        assertThat(client.listCollections().getCollectionNames()).isEmpty();
      }
    }
  }

  @Test
  void dataOfANewerVersionIsRefusedUntouched(@TempDir Path folder) throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("FORMAT"), "999\n");
    Files.writeString(data.resolve("catalog.db"), "of the future");
    Map<String, String> before = content(data);

    Ended ended = runUntilItEnds(data);
    assertThat(ended.status()).as(ended.printed()).isNotZero();
    assertThat(ended.printed()).contains("999").contains(data.toString()).doesNotContain("\tat ");
    assertThat(content(data)).isEqualTo(before);
  }

  @Test
  void aFolderOfSomethingElseIsRefusedUntouched(@TempDir Path folder) throws Exception {
    Path data = Files.createDirectories(folder.resolve("photos"));
    Files.writeString(data.resolve("cat.jpg"), "meow");
    Map<String, String> before = content(data);

    Ended ended = runUntilItEnds(data);
    assertThat(ended.status()).as(ended.printed()).isNotZero();
    assertThat(ended.printed()).contains(data.toString()).doesNotContain("\tat ");
    assertThat(content(data)).isEqualTo(before);
  }
}
