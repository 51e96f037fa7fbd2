package io.tidemark.sql.procedure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batch jobs of a running Tidemark, over its HTTP endpoint. Whatever fails is a {@link
 * TidemarkException} with the server's text. Thread-safe.
 */
public final class JobsClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobsClient.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final Duration AWAY_LIMIT = Duration.ofSeconds(60);
  private static final long LOOK_MS_MIN = 50;
  private static final long LOOK_MS_MAX = 1_000;

  private final String base;
  private final HttpClient http = HttpClient.newHttpClient();

  public JobsClient(Endpoint endpoint) {
    base = endpoint.http() + "/admin/jobs";
  }

  /**
   * Asks for a job; the same request again, after a lost answer, is the same job.
   *
   * @param parameters {@code kind}, {@code collection}, {@code database} and the job's options
   */
  Job ask(Map<String, String> parameters) {
    Map<String, String> all = new TreeMap<>(parameters);
    all.put("id", UUID.randomUUID().toString().substring(0, 8));
    return job(send(all, "POST"));
  }

  /** Those that have not ended and those that the server remembers, youngest first. */
  public List<Job> list() {
    JsonNode all = send(Map.of("all", "true"), "GET");
    List<Job> jobs = new ArrayList<>();
    all.forEach(each -> jobs.add(job(each)));
    return jobs;
  }

  /** Follows it to its end, through restarts of the server; its progress is in the log. */
  Job toTheEnd(Job asked) {
    Job job = asked;
    long pauseMs = LOOK_MS_MIN;
    long answeredNanos = System.nanoTime();
    String shown = "";
    while (!job.ended()) {
      String progress = job.state() + job.stage() + job.attempts() + job.tasksDone();
      if (!progress.equals(shown)) {
        shown = progress;
        LOG.info(
            "Job goes on: job={}, kind={}, collection={}, state={}, stage={}, tasks={}/{}, rows={}/{}",
            job.id(),
            job.kind(),
            job.collection(),
            job.state(),
            job.stage(),
            job.tasksDone(),
            job.tasksPlanned(),
            job.rowsDone(),
            job.rowsPlanned());
      }
      pause(pauseMs);
      pauseMs = Math.min(LOOK_MS_MAX, 2 * pauseMs);
      try {
        job = job(send(Map.of("id", asked.id()), "GET"));
        answeredNanos = System.nanoTime();
      } catch (TidemarkException e) {
        if (!e.code().retriable() || System.nanoTime() - answeredNanos > AWAY_LIMIT.toNanos()) {
          throw e;
        }
      }
    }
    return job;
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static TidemarkException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "no longer waiting for the job, which goes on: the system table `COLLECTION$jobs` shows it",
        cause);
  }

  private JsonNode send(Map<String, String> parameters, String method) {
    URI uri =
        URI.create(
            parameters.entrySet().stream()
                .map(each ->
                    URLEncoder.encode(each.getKey(), UTF_8)
                        + "="
                        + URLEncoder.encode(each.getValue(), UTF_8))
                .collect(Collectors.joining("&", base + "?", "")));
    HttpResponse<String> answer;
    try {
      answer =
          http.send(
              HttpRequest.newBuilder(uri)
                  .timeout(ANSWER_LIMIT)
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          base + " cannot be reached (" + e + "); the option 'http-endpoint' says where it is",
          e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (answer.statusCode() / 100 != 2) {
      throw new TidemarkException(
          answer.statusCode() == 503 ? ErrorCode.SERVICE_NOT_READY : ErrorCode.INVALID_PARAMETER,
          answer.body().strip());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED, base + " answered no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Job job(JsonNode json) {
    Map<String, String> figures = new TreeMap<>();
    json.path("figures").properties().forEach(e -> figures.put(e.getKey(), e.getValue().asText()));
    return new Job(
        json.path("id").asText(),
        json.path("kind").asText(),
        json.path("collection").asText(),
        json.path("asker").asText(),
        json.path("state").asText(),
        json.path("stage").asText(),
        json.path("attempts").asInt(),
        json.path("tasks_planned").asLong(),
        json.path("tasks_done").asLong(),
        json.path("rows_planned").asLong(),
        json.path("rows_done").asLong(),
        json.path("queued_ms").asLong(),
        json.path("started_ms").asLong(),
        json.path("ended_ms").asLong(),
        json.path("message").asText(),
        figures);
  }

  @Override
  public void close() {
    http.close();
  }
}
