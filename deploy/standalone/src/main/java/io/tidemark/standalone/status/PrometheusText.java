package io.tidemark.standalone.status;

import io.tidemark.standalone.jobs.JobView;
import io.tidemark.standalone.status.StatusReport.CollectionStatus;
import io.tidemark.standalone.status.StatusReport.Stage;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A report in Prometheus's text format, version 0.0.4. Not thread-safe; for one report. */
final class PrometheusText {
  private final Map<Metric, StringBuilder> samples = new EnumMap<>(Metric.class);

  private PrometheusText() {}

  static String of(StatusReport report) {
    PrometheusText text = new PrometheusText();
    text.system(report);
    text.totals(report.totals());
    text.jobs(report);
    report.collections().forEach(text::collection);
    return text.page();
  }

  private void system(StatusReport report) {
    put(Metric.HEALTHY, report.health().equals("failing") ? 0 : 1);
    put(Metric.JOB_RUNNING, isRunning(report.parts().ingest()), "ingest");
    put(Metric.JOB_RUNNING, isRunning(report.parts().coordinator()), "coordinator");
    stage("committed", report.stages().committed());
    stage("indexed", report.stages().indexed());
    stage("loaded", report.stages().loaded());
    put(Metric.WARNINGS, report.warnings().size());
    put(Metric.STATUS_SECONDS, report.tookMs() / 1e3);
  }

  private static double isRunning(String state) {
    return state.equals("RUNNING") ? 1 : 0;
  }

  private void stage(String name, Stage stage) {
    put(Metric.STAGE_BEHIND_SECONDS, stage.behindMs() / 1e3, name);
    put(Metric.STAGE_BEHIND_ROWS, stage.behindRows(), name);
  }

  private void totals(StatusReport.Totals totals) {
    put(Metric.COLLECTIONS, totals.collections());
    put(Metric.COLLECTIONS_LOADED, totals.loaded());
    put(Metric.ROWS, totals.rows());
    put(Metric.FILES, totals.files());
    put(Metric.DELETE_FILES, totals.deleteFiles());
    totals.segments().forEach((state, count) -> put(Metric.SEGMENTS, count, state));
    put(Metric.LOADED_SEGMENTS, totals.loadedSegments());
    put(Metric.LOG_BYTES, totals.logBytes());
    put(Metric.LAKE_BYTES, totals.lakeBytes());
    put(Metric.INDEX_BYTES, totals.indexBytes());
    put(Metric.GROWING_BYTES, totals.growingBytes());
    put(Metric.LOADED_BYTES, totals.loadedBytes());
    put(Metric.LOADED_BYTES_MAX, totals.loadedBytesMax());
    put(Metric.REJECTED_ROWS, totals.rejectedRows());
    put(Metric.INDEX_FAILURES_TOTAL, totals.indexFailures());
    put(Metric.DAMAGED_FILES_TOTAL, totals.damagedFiles());
    put(Metric.CACHE_BYTES, totals.cacheBytes());
    put(Metric.CACHE_EVICTIONS_TOTAL, totals.cacheEvictions());
    put(Metric.INDEX_DOWNLOADS_TOTAL, totals.indexDownloads());
    put(Metric.SEARCHES_TOTAL, totals.searches());
    put(Metric.QUERIES_TOTAL, totals.queries());
    new TreeMap<>(totals.segmentSearches())
        .forEach((plan, count) -> put(Metric.SEGMENT_SEARCHES_TOTAL, count, plan));
    put(Metric.SCORED_ROWS_TOTAL, totals.scoredRows());
    put(Metric.FILTERED_ROWS_TOTAL, totals.filteredRows());
  }

  private void jobs(StatusReport report) {
    Map<List<String>, Long> open = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    Stream.concat(report.jobs().running().stream(), report.jobs().queued().stream())
        .map((JobView job) -> List.of(job.kind(), job.state()))
        .forEach(key -> open.merge(key, 1L, Long::sum));
    open.forEach((key, count) -> put(Metric.JOBS, count, key.toArray(String[]::new)));
    for (StatusReport.EndedJobs ended : report.jobs().endedSinceStart()) {
      put(Metric.JOBS_ENDED_TOTAL, ended.jobs(), ended.kind(), ended.state());
      put(Metric.JOB_SECONDS_TOTAL, ended.seconds(), ended.kind(), ended.state());
    }
    for (StatusReport.Schedule schedule : report.schedules()) {
      put(Metric.SCHEDULE_NEXT_RUN_SECONDS, schedule.nextMs() / 1e3, schedule.name());
      put(Metric.SCHEDULE_FAILURES, schedule.failures(), schedule.name());
    }
  }

  private void collection(CollectionStatus each) {
    Map<Metric, ToDoubleFunction<CollectionStatus>> figures =
        Map.of(
            Metric.COLLECTION_ROWS, CollectionStatus::rows,
            Metric.COLLECTION_PENDING_ROWS, CollectionStatus::pendingRows,
            Metric.COLLECTION_FILES, CollectionStatus::files,
            Metric.COLLECTION_DELETE_FILES, CollectionStatus::deleteFiles,
            Metric.COLLECTION_BYTES, CollectionStatus::bytes);
    figures.forEach((metric, figure) -> put(metric, figure.applyAsDouble(each), each.name()));
    for (StatusReport.Recall recall : each.recall()) {
      String k = Integer.toString(recall.k());
      put(Metric.RECALL, recall.recall(), each.name(), recall.kind(), k);
      put(Metric.RECALL_QUERIES, recall.queries(), each.name(), recall.kind());
    }
    behind(each, "committed", each.committedBehindMs());
    behind(each, "indexed", each.indexedBehindMs());
    if (each.load().equals("loaded")) {
      behind(each, "loaded", each.loadedBehindMs());
    }
  }

  private void behind(CollectionStatus each, String stage, long ms) {
    put(Metric.COLLECTION_BEHIND_SECONDS, ms / 1e3, each.name(), stage);
  }

  private void put(Metric metric, double value, String... labels) {
    String[] names = metric.labels();
    if (names.length != labels.length) {
      throw new IllegalArgumentException(metric + " has " + names.length + " labels");
    }
    StringBuilder sample = samples.computeIfAbsent(metric, m -> new StringBuilder());
    sample.append(metric.title());
    for (int i = 0; i < names.length; i++) {
      sample.append(i == 0 ? "{" : ",").append(names[i]).append("=\"");
      sample.append(escaped(labels[i])).append(i + 1 == names.length ? "\"}" : "\"");
    }
    sample.append(' ').append(number(value)).append('\n');
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  /** With a head even for those that have no sample now. */
  private String page() {
    StringBuilder page = new StringBuilder();
    for (Metric metric : Metric.values()) {
      page.append("# HELP ").append(metric.title()).append(' ').append(metric.help()).append('\n');
      page.append("# TYPE ").append(metric.title()).append(' ').append(metric.type()).append('\n');
      page.append(samples.getOrDefault(metric, new StringBuilder()));
    }
    return page.toString();
  }
}
