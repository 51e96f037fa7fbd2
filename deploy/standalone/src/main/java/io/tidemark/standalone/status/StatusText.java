package io.tidemark.standalone.status;

import io.tidemark.standalone.jobs.JobText;
import io.tidemark.standalone.jobs.JobView;
import io.tidemark.standalone.status.StatusReport.CollectionStatus;
import io.tidemark.standalone.status.StatusReport.Stage;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report for people. Stateless. */
final class StatusText {
  private static final int NAME_MAX = 40;

  private StatusText() {}

  /**
   * @param nowMs wall clock
   */
  static String of(StatusReport report, long nowMs) {
    StringBuilder page = new StringBuilder();
    StatusReport.Addresses addresses = report.addresses();
    line(page, "health       %s", report.health());
    line(
        page,
        "addresses    gRPC %s, HTTP %s, Flink http://%s, log %s, data %s",
        addresses.grpc(),
        addresses.http(),
        addresses.flink(),
        addresses.log(),
        addresses.data());
    line(
        page,
        "running      ingest %s, coordinator %s",
        report.parts().ingest(),
        report.parts().coordinator());
    StatusReport.Totals totals = report.totals();
    line(
        page,
        "storage      log %s, lake %s, indexes %s",
        size(totals.logBytes()),
        size(totals.lakeBytes()),
        size(totals.indexBytes()));
    line(
        page,
        "memory       loaded segments %s of %s, growing rows %s",
        size(totals.loadedBytes()),
        size(totals.loadedBytesMax()),
        size(totals.growingBytes()));
    page.append('\n');
    stages(page, report, nowMs);
    jobs(page, report, nowMs);
    schedules(page, report, nowMs);
    collections(page, report);
    if (!report.warnings().isEmpty()) {
      line(page, "%nwarnings");
      report.warnings().forEach(warning -> line(page, "  %s", warning));
    }
    long ageMs = nowMs - report.atMs();
    if (ageMs > 5_000) {
      line(
          page,
          "%nas of %s ago, which took %s",
          JobText.seconds(ageMs),
          JobText.seconds(report.tookMs()));
    }
    return page.toString();
  }

  private static void stages(StringBuilder page, StatusReport report, long nowMs) {
    StatusReport.Stages stages = report.stages();
    line(
        page,
        "%-12s %-24s %-24s %-24s %s",
        "watermark",
        "logged →",
        "committed →",
        "indexed →",
        "loaded");
    line(
        page,
        "%-12s %-24s %-24s %-24s %s",
        "behind",
        stages.loggedMs() == 0
            ? "nothing yet"
            : "last write " + age(nowMs - stages.loggedMs()) + " ago",
        stage(stages.committed()),
        stage(stages.indexed()),
        stage(stages.loaded()));
  }

  private static String stage(Stage stage) {
    return age(stage.behindMs()) + ", " + number(stage.behindRows()) + " rows";
  }

  private static void jobs(StringBuilder page, StatusReport report, long nowMs) {
    StatusReport.Jobs jobs = report.jobs();
    line(page, "%njobs         %d running, %d queued", jobs.running().size(), jobs.queued().size());
    jobs.running().forEach(job -> line(page, "  %-8s  %s", job.id(), JobText.progress(job, nowMs)));
    jobs.queued().forEach(job -> line(page, "  %-8s  %s", job.id(), JobText.progress(job, nowMs)));
    for (JobView job : jobs.ended()) {
      line(page, "  %-8s  %s, %s ago", job.id(), JobText.end(job), age(nowMs - job.endedMs()));
    }
  }

  private static void schedules(StringBuilder page, StatusReport report, long nowMs) {
    if (report.schedules().isEmpty()) {
      return;
    }
    line(page, "%nschedules");
    for (StatusReport.Schedule schedule : report.schedules()) {
      line(
          page,
          "  %-20s %-8s next in %s, %s",
          schedule.name(),
          schedule.kind(),
          age(Math.max(0, schedule.nextMs() - nowMs)),
          schedule.runs() == 0 ? "never ran" : "last " + age(nowMs - schedule.lastMs()) + " ago");
    }
  }

  private static void collections(StringBuilder page, StatusReport report) {
    if (report.collections().isEmpty()) {
      line(page, "%nno collections");
      return;
    }
    int width =
        report.collections().stream()
            .mapToInt(each -> each.name().length())
            .reduce("collection".length(), Math::max);
    String name = "%-" + Math.min(NAME_MAX, width) + "s";
    line(
        page,
        "%n" + name + " %12s %12s %10s %7s %7s %9s  %-26s %-28s %s",
        "collection",
        "committed",
        "live",
        "unindexed",
        "files",
        "deletes",
        "size",
        "behind: comm. index. load.",
        "segments",
        "loaded");
    for (CollectionStatus each : report.collections()) {
      line(
          page,
          name + " %12s %12s %10s %7s %7s %9s  %-26s %-28s %s",
          each.name(),
          number(each.rows()),
          number(each.liveRows()),
          number(each.pendingRows()),
          number(each.files()),
          number(each.deleteFiles()),
          size(each.bytes()),
          age(each.committedBehindMs())
              + "  "
              + age(each.indexedBehindMs())
              + "  "
              + (each.load().equals("loaded") ? age(each.loadedBehindMs()) : "-"),
          segments(each.segments()),
          // Why it does not load is among the warnings.
          each.load().split(",", 2)[0]);
    }
  }

  private static String segments(Map<String, Long> segments) {
    return segments.isEmpty()
        ? "-"
        : segments.entrySet().stream()
            .map(state -> state.getValue() + " " + state.getKey())
            .collect(Collectors.joining(", "));
  }

  @SuppressWarnings("AnnotateFormatMethod") // It is in a library that this module does not have.
  private static void line(StringBuilder page, String format, Object... values) {
    page.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code 0.4 s}, {@code 12 min}, {@code 5 h}, {@code 3 d}. */
  private static String age(long ms) {
    if (ms < 100_000) {
      return String.format(Locale.ROOT, "%.1f s", Math.max(0, ms) / 1e3);
    }
    long minutes = ms / 60_000;
    return minutes < 120
        ? minutes + " min"
        : minutes < 2_880 ? minutes / 60 + " h" : minutes / 1_440 + " d";
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? (bytes + 1023) / 1024 + " KiB"
        : String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
  }
}
