package io.tidemark.standalone.cli;

import io.tidemark.standalone.jobs.JobText;
import io.tidemark.standalone.jobs.JobView;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shows a job's progress until it ends: one line drawn again and again on a terminal, elsewhere a
 * line per change. Ctrl-C ends the watching, not the job.
 */
final class JobWatch {
  private static final long LOOK_MS_MIN = 100;
  private static final long LOOK_MS_MAX = 1_000;
  private static final long PLAIN_EVERY_MS = 10_000;

  private final RunningTidemark running;
  private final PrintWriter out;
  private final boolean json;
  private final boolean terminal = Boolean.getBoolean("tidemark.terminal");
  private String shown = "";
  private long shownMs;
  private int width;

  JobWatch(RunningTidemark running, PrintWriter out, boolean json) {
    this.running = running;
    this.out = out;
    this.json = json;
  }

  JobView toTheEnd(JobView asked) throws InterruptedException {
    AtomicBoolean left = new AtomicBoolean(true);
    Thread hook = new Thread(() -> farewell(asked, left), "tidemark-interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    JobView job = asked;
    long pauseMs = LOOK_MS_MIN;
    while (!job.ended()) {
      show(job);
      Thread.sleep(pauseMs);
      pauseMs = Math.min(LOOK_MS_MAX, pauseMs * 2);
      job = JobView.ofJson(running.get("/admin/jobs?id=" + asked.id()));
    }
    left.set(false);
    Runtime.getRuntime().removeShutdownHook(hook);
    end(job);
    return job;
  }

  private void show(JobView job) {
    if (json) {
      return;
    }
    long nowMs = System.currentTimeMillis();
    String line = JobText.progress(job, nowMs);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      out.flush();
      width = line.length();
      return;
    }
    // Rows move all the time; the rest is worth a line each.
    String change = job.state() + job.attempts() + job.stage() + job.tasksDone();
    if (!change.equals(shown) || nowMs - shownMs >= PLAIN_EVERY_MS) {
      shown = change;
      shownMs = nowMs;
      out.println(line);
      out.flush();
    }
  }

  private void end(JobView job) {
    if (json) {
      out.print(job.toJson());
    } else {
      if (terminal) {
        out.print("\r" + " ".repeat(width) + "\r");
      }
      out.println(JobText.end(job));
    }
    out.flush();
  }

  private void farewell(JobView job, AtomicBoolean left) {
    if (left.get() && !json) {
      out.println();
      out.println(
          "job "
              + job.id()
              + " goes on: 'tidemark jobs' shows it, 'tidemark jobs cancel "
              + job.id()
              + "' stops it");
      out.flush();
    }
  }
}
