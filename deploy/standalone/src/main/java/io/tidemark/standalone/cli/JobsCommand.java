package io.tidemark.standalone.cli;

import io.tidemark.standalone.jobs.JobText;
import io.tidemark.standalone.jobs.JobView;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists jobs, and cancels one. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = "Batch jobs that wait, run or have ended, the youngest request first.",
    subcommands = JobsCommand.Cancel.class)
final class JobsCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  @Spec private @Nullable CommandSpec spec;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "--all", description = "all that are remembered, not only the last 20 that ended")
  private boolean all;

  @Option(names = "--json", description = "print a JSON array")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String answer = data.running().get("/admin/jobs?all=" + all);
    if (json) {
      out.print(answer);
    } else {
      print(JobView.listOfJson(answer), out);
    }
    out.flush();
    return 0;
  }

  private static void print(List<JobView> jobs, PrintWriter out) {
    if (jobs.isEmpty()) {
      out.println("no jobs yet");
      return;
    }
    long nowMs = System.currentTimeMillis();
    for (JobView job : jobs) {
      out.printf(
          Locale.ROOT,
          "%-10s %-9s %s  %s  (%s)%n",
          job.id(),
          job.state(),
          TIME.format(Instant.ofEpochMilli(job.queuedMs())),
          job.ended() ? JobText.end(job) : JobText.progress(job, nowMs),
          job.asker());
    }
  }

  /** Asks that a job does not start, or stops. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Asks that a job does not start, or stops; what it has committed stays.")
  static final class Cancel implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "the job's id, as 'tidemark jobs' shows it")
    private String id = "";

    @Mixin private DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
      data.running().delete(RunningTidemark.path("/admin/jobs", Map.of("id", id)));
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      out.println("job " + id + " is told to stop");
      out.flush();
      return 0;
    }
  }
}
