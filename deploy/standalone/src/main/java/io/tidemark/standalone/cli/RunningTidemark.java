package io.tidemark.standalone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks the Tidemark that runs on a data directory, over its HTTP port. */
final class RunningTidemark {
  private final URI base;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private RunningTidemark(URI base) {
    this.base = base;
  }

  static RunningTidemark on(Path data) throws IOException {
    Path file = data.resolve("run").resolve("http");
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          "nothing runs on "
              + data.toAbsolutePath().normalize()
              + ": start it with 'tidemark start', or give the right --data");
    }
    return new RunningTidemark(URI.create("http://" + Files.readString(file).trim()));
  }

  /** {@code http://HOST:PORT}. */
  String base() {
    return base.toString();
  }

  /** {@code PATH?NAME=VALUE&…}, encoded; the path alone without parameters. */
  static String path(String path, Map<String, String> parameters) {
    return parameters.isEmpty()
        ? path
        : parameters.entrySet().stream()
            .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&", path + "?", ""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  String get(String path) throws InterruptedException {
    return get(path, Duration.ofSeconds(30));
  }

  /** For what may take long. */
  String get(String path, Duration limit) throws InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve(path)).timeout(limit).GET().build());
  }

  String post(String path) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  String delete(String path) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(Duration.ofSeconds(30))
            .DELETE()
            .build());
  }

  private String send(HttpRequest request) throws InterruptedException {
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(
          "no answer from "
              + base
              + ": if it was killed, 'tidemark start' brings it back; if it runs, see 'tidemark logs'",
          e);
    }
    if (response.statusCode() / 100 != 2) {
      throw new IllegalStateException(response.body().trim());
    }
    return response.body();
  }
}
