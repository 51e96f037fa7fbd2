package io.tidemark.standalone.jobs;

import io.tidemark.jobs.run.JobReport;
import java.util.Locale;

/** Jobs in words. Stateless. */
public final class JobText {
  private JobText() {}

  /** What it is: {@code compact default.books}. */
  public static String what(JobView job) {
    return job.kind()
        + (job.collection().isEmpty() ? " of all collections" : " " + job.collection());
  }

  /** How far it is, in one line. */
  public static String progress(JobView job, long nowMs) {
    if (job.state().equals("queued")) {
      return what(job)
          + ": waits for other jobs, "
          + seconds(nowMs - job.queuedMs())
          + (job.message().isEmpty() ? "" : ", " + job.message());
    }
    StringBuilder line = new StringBuilder(what(job)).append(": ");
    line.append(job.stage().isEmpty() ? "runs" : job.stage());
    if (job.attempts() > 1) {
      line.append(", attempt ").append(job.attempts());
    }
    if (job.tasksPlanned() > 0) {
      line.append(
          String.format(Locale.ROOT, ", %,d of %,d tasks", job.tasksDone(), job.tasksPlanned()));
    }
    long ms = Math.max(1, nowMs - job.startedMs());
    if (job.rowsPlanned() > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %,d of %,d rows, %,d rows/s",
              job.rowsDone(),
              job.rowsPlanned(),
              job.rowsDone() * 1000 / ms));
    }
    return line.append(", ").append(seconds(ms)).toString();
  }

  /** How it ended, in one line: of the figures those that are not zero. */
  public static String end(JobView job) {
    long ranMs = job.startedMs() == 0 ? 0 : Math.max(0, job.endedMs() - job.startedMs());
    return what(job)
        + " "
        + job.state()
        + (ranMs == 0 ? "" : " in " + seconds(ranMs))
        + (job.message().isEmpty() ? "" : ": " + job.message())
        + (job.figures().isEmpty() ? "" : ": " + new JobReport(job.figures()).text());
  }

  public static String seconds(long ms) {
    return ms < 60_000
        ? String.format(Locale.ROOT, "%.1f s", Math.max(0, ms) / 1e3)
        : String.format(Locale.ROOT, "%d min %d s", ms / 60_000, ms / 1000 % 60);
  }
}
