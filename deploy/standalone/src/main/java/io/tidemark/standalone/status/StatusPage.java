package io.tidemark.standalone.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.read.ReadService;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.jobs.JobView;
import io.tidemark.stores.lake.Lake;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /status} for people, {@code /status.json}, {@code /metrics} for Prometheus and {@code
 * /healthz}. A report is good for half a second, or for ten times as long as it took, so that
 * asking never costs more than a tenth of a core; and nobody waits longer than some seconds for a
 * new one if there is an old one. Thread-safe.
 */
public final class StatusPage implements AutoCloseable {
  private static final long GOOD_FOR_MS_MIN = 500;
  private static final long GOOD_FOR_MS_MAX = 60_000;
  private static final long TOOK_SHARE = 10;
  private static final long WAIT_MS = 5_000;
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Health health;
  private final StatusCollector collector;
  private final ExecutorService looks =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("tidemark-status").daemon().factory());
  private @Nullable StatusReport last;
  private @Nullable Future<StatusReport> next;

  /**
   * What a report is made from; none of it is owned.
   *
   * @param lastAcknowledged the hybrid timestamp of the newest write
   * @param jobs all that are remembered
   * @param log the folder of the log
   */
  public record Sources(
      Lake lake,
      ControlStore control,
      ReadService reads,
      Health health,
      LongSupplier lastAcknowledged,
      Supplier<List<JobView>> jobs,
      Path log) {}

  public StatusPage(Sources sources, StatusReport.Addresses addresses) {
    this.health = sources.health();
    this.collector = new StatusCollector(sources, addresses);
  }

  /** 200 while writes and searches work, else 503 with the reason. */
  public Answer health() throws Exception {
    Health.Finding finding = health.look();
    return switch (finding.state()) {
      case OK -> Answer.text(200, "OK\n");
      case DEGRADED -> Answer.text(200, "OK, but " + finding.reason() + "\n");
      case FAILING -> Answer.text(503, finding.reason() + "\n");
    };
  }

  public Answer status() throws Exception {
    return Answer.text(200, StatusText.of(report(), System.currentTimeMillis()));
  }

  public Answer json() throws Exception {
    return Answer.json(200, toJson(report()));
  }

  public Answer metrics() throws Exception {
    return new Answer(200, "text/plain; version=0.0.4; charset=utf-8", PrometheusText.of(report()));
  }

  static String toJson(StatusReport report) throws JsonProcessingException {
    return JSON.writeValueAsString(report) + "\n";
  }

  private StatusReport report() throws Exception {
    Future<StatusReport> looking;
    StatusReport known;
    synchronized (this) {
      known = last;
      if (known != null && System.currentTimeMillis() - known.atMs() < goodForMs(known)) {
        return known;
      }
      if (next == null) {
        next = looks.submit(this::look);
      }
      looking = next;
    }
    try {
      return known == null ? looking.get() : looking.get(WAIT_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return java.util.Objects.requireNonNull(known);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static long goodForMs(StatusReport report) {
    return Math.clamp(report.tookMs() * TOOK_SHARE, GOOD_FOR_MS_MIN, GOOD_FOR_MS_MAX);
  }

  private StatusReport look() throws Exception {
    try {
      StatusReport found = collector.collect();
      synchronized (this) {
        last = found;
      }
      return found;
    } finally {
      synchronized (this) {
        next = null;
      }
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
