package io.tidemark.standalone.status;

import io.tidemark.jobs.coordinate.CoordinatorSupervisor;
import io.tidemark.jobs.ingest.IngestSupervisor;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.IndexProgress;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.read.ReadMetrics;
import io.tidemark.serving.read.ReadService;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.index.IndexScheduler;
import io.tidemark.stores.lake.Lake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobStatus;

/**
 * How far each stage is: logged → committed → indexed → loaded, for people ({@code /status}) and
 * for Prometheus ({@code /metrics}). Health is the ingest job's and the log's.
 */
public final class StatusPage {
  private static final long COMMITTED_LAG_SLACK_MS = 30_000;

  private final Lake lake;
  private final ControlStore control;
  private final ReadService reads;
  private final IngestSupervisor ingest;
  private final CoordinatorSupervisor coordinator;
  private final IndexScheduler indexes;
  private final String addresses;
  private final long committedLagMaxMs;

  public StatusPage(
      Lake lake,
      ControlStore control,
      ReadService reads,
      IngestSupervisor ingest,
      CoordinatorSupervisor coordinator,
      IndexScheduler indexes,
      Duration window,
      String addresses) {
    this.lake = lake;
    this.control = control;
    this.reads = reads;
    this.ingest = ingest;
    this.coordinator = coordinator;
    this.indexes = indexes;
    this.addresses = addresses;
    this.committedLagMaxMs = window.toMillis() + COMMITTED_LAG_SLACK_MS;
  }

  /** 200 while writes and searches work, else 503 with the reason. */
  public Answer health() throws Exception {
    JobStatus job = ingest.status();
    if (job != JobStatus.RUNNING) {
      return Answer.text(503, "the ingest job is " + job + "\n");
    }
    // It moves with every tick while the broker, the job and the tables are well.
    long lagMs = committedLagMs();
    if (lagMs > committedLagMaxMs) {
      return Answer.text(
          503,
          "nothing was committed for "
              + lagMs
              + " ms, the limit is "
              + committedLagMaxMs
              + " ms\n");
    }
    JobStatus coordinating = coordinator.status();
    return Answer.text(
        200,
        coordinating == JobStatus.RUNNING
            ? "OK\n"
            : "OK, but the coordinator is " + coordinating + ": no batch job starts\n");
  }

  /** The page for people. */
  public Answer status() throws Exception {
    StringBuilder page = new StringBuilder();
    page.append(addresses).append('\n');
    page.append("ingest job   ").append(ingest.status()).append('\n');
    page.append("coordinator  ").append(coordinator.status()).append('\n');
    page.append("index jobs   ").append(indexes.summary()).append('\n');
    page.append(
        String.format(
            Locale.ROOT,
            "watermark    everything logged until %d ms ago is committed%n",
            committedLagMs()));
    page.append(
        String.format(
            Locale.ROOT,
            "%n%-40s %12s %12s %12s %s%n",
            "collection",
            "committed",
            "indexed",
            "live",
            "loaded"));
    for (Row row : rows()) {
      page.append(
          String.format(
              Locale.ROOT,
              "%-40s %,12d %,12d %,12d %s%n",
              row.name(),
              row.committed(),
              row.indexed(),
              row.live(),
              row.load()));
    }
    return Answer.text(200, page.toString());
  }

  /** The same figures in Prometheus's text format. */
  public Answer metrics() throws Exception {
    StringBuilder page = new StringBuilder();
    ReadMetrics read = reads.metrics();
    gauge(
        page,
        "tidemark_ingest_running",
        "1 while the ingest job runs",
        ingest.status() == JobStatus.RUNNING ? 1 : 0);
    gauge(
        page,
        "tidemark_committed_lag_ms",
        "age of the global position: everything older is committed",
        committedLagMs());
    gauge(
        page,
        "tidemark_collections_loaded",
        "collections loaded or being loaded",
        read.collections());
    gauge(page, "tidemark_sealed_segments", "segments in memory", read.sealedSegments());
    gauge(
        page,
        "tidemark_growing_bytes",
        "memory of rows that are not committed yet",
        read.growingBytes());
    gauge(
        page,
        "tidemark_rejected_rows",
        "rows of other engines that no read may show",
        read.rejectedRows());
    counter(
        page,
        "tidemark_index_failures_total",
        "index files that could not be used",
        read.indexFailures());
    counter(page, "tidemark_searches_total", "searches answered or refused", read.searches());
    counter(page, "tidemark_queries_total", "queries answered or refused", read.queries());
    counter(page, "tidemark_index_jobs_total", "index jobs that ended well", indexes.finished());
    counter(page, "tidemark_index_job_failures_total", "index jobs that failed", indexes.failed());
    List<Row> rows = rows();
    head(page, "tidemark_committed_rows", "gauge", "rows in the table, deleted ones included");
    rows.forEach(row -> sample(page, "tidemark_committed_rows", row.name(), row.committed()));
    head(
        page,
        "tidemark_indexed_rows",
        "gauge",
        "of them, rows that need no scan or are too few to index");
    rows.forEach(row -> sample(page, "tidemark_indexed_rows", row.name(), row.indexed()));
    return new Answer(200, "text/plain; version=0.0.4; charset=utf-8", page.toString());
  }

  private record Row(String name, long committed, long indexed, long live, String load) {}

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String database : lake.databases()) {
      for (CollectionInfo collection : lake.collections(database)) {
        rows.add(row(collection));
      }
    }
    return rows;
  }

  private Row row(CollectionInfo collection) {
    long committed = 0;
    long indexed = Long.MAX_VALUE;
    for (IndexDefinition index : collection.indexes()) {
      IndexProgress progress = reads.indexProgress(collection, index.fieldId());
      committed = progress.totalRows();
      indexed = Math.min(indexed, progress.indexedRows());
    }
    long live = reads.rowCount(collection, java.util.Set.of());
    Optional<LoadStatus> load = reads.status(collection.id());
    String loaded =
        load.map(status ->
                status.loaded()
                    ? "yes"
                    : status.percent()
                        + " %"
                        + (status.error() == null ? "" : ", " + status.error()))
            .orElse("no");
    return new Row(
        collection.database() + "." + collection.name(),
        committed,
        indexed == Long.MAX_VALUE ? 0 : indexed,
        live,
        loaded);
  }

  private long committedLagMs() {
    Map<String, String> positions = control.list(ControlKeys.POSITION);
    return positions.isEmpty()
        ? 0
        : positions.values().stream()
            .mapToLong(Long::parseLong)
            .map(StatusPage::lagMs)
            .max()
            .orElse(0);
  }

  private static long lagMs(long timestamp) {
    return Math.max(0, System.currentTimeMillis() - HybridTimestamp.physicalMs(timestamp));
  }

  private static void gauge(StringBuilder page, String name, String help, long value) {
    head(page, name, "gauge", help);
    page.append(name).append(' ').append(value).append('\n');
  }

  private static void counter(StringBuilder page, String name, String help, long value) {
    head(page, name, "counter", help);
    page.append(name).append(' ').append(value).append('\n');
  }

  private static void head(StringBuilder page, String name, String type, String help) {
    page.append("# HELP ").append(name).append(' ').append(help).append('\n');
    page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void sample(StringBuilder page, String name, String collection, long value) {
    page.append(name)
        .append("{collection=\"")
        .append(collection)
        .append("\"} ")
        .append(value)
        .append('\n');
  }
}
