package io.tidemark.jobs.snapshot;

import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.log.LogConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names states of collections, restores and backs them up. Copies files where it is launched, four
 * at a time, not on the cluster. Every action is done by one commit at its end, so that a run that
 * was killed has done nothing that shows, and may be run again; its files are orphans that expiry
 * finds.
 *
 * <p>Without the log's address nothing is waited for: what is committed is named, and restored
 * collections keep the pchannels of the backup.
 */
public final class SnapshotJob implements MaintenanceJob {
  @Override
  public JobKind kind() {
    return JobKind.SNAPSHOT;
  }

  @Override
  public List<JobOption> options() {
    return List.of(
        new JobOption("action", "ACTION", "list", "create, list, drop, restore, backup or import"),
        new JobOption("name", "NAME", "", "the snapshot's name; of a backup: none that stays"),
        new JobOption(
            "as", "NAME", "", "restore, import: the new collection, NAME or DATABASE/NAME"),
        new JobOption("to", "FOLDER", "", "backup: an empty folder, absolute path or URI"),
        new JobOption("from", "FOLDER", "", "import: the backup's folder, absolute path or URI"),
        new JobOption("only", "NAME", "all", "import: this collection of the backup"),
        new JobOption("snapshot", "ID", "the newest", "create: name this Iceberg snapshot"),
        new JobOption("age", "DURATION", "for ever", "create: the name goes after so long"),
        new JobOption(
            "flush", "BOOLEAN", "true", "wait until what was written before is committed"),
        new JobOption("wait", "DURATION", "60s", "for what was written to be committed"));
  }

  @Override
  public void check(Map<String, String> options, boolean all) {
    SnapshotOptions.of(options).check(all);
  }

  @Override
  public JobReport run(JobContext context) throws Exception {
    check(context.request().options(), context.request().collection().isEmpty());
    SnapshotOptions options = SnapshotOptions.of(context.request().options());
    Optional<LogConfig> log = context.logConfig();
    try (Lake lake = Lake.open(context.lake())) {
      if (log.isEmpty()) {
        return report(new SnapshotRun(context, options, lake, null).run());
      }
      try (ControlStore control = KafkaControlStore.open(log.get())) {
        return report(new SnapshotRun(context, options, lake, control).run());
      }
    }
  }

  private static JobReport report(Map<String, Object> figures) {
    return JobReport.of(
        figures.entrySet().stream()
            .flatMap(figure -> Stream.of(figure.getKey(), figure.getValue()))
            .toArray());
  }

  /** See {@link JobArguments}; options as in {@link #options}. */
  public static void main(String[] arguments) throws Exception {
    JobArguments.run(new SnapshotJob(), arguments);
  }
}
