package io.tidemark.standalone.cli;

import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.standalone.jobs.JobView;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * One batch job by hand, against a running system: asks for it and shows its progress to the end.
 * The job's own options are on the command line under their names.
 */
@Command(
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or with --detach: asked for",
      "1:failed or refused; the message says why",
      "2:not called like this",
      "3:cancelled"
    })
final class JobCommand implements Callable<Integer> {
  static final int FAILED = 1;
  static final int CANCELLED = 3;

  private final JobKind kind;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "COLLECTION",
      arity = "0..1",
      description = "the collection, NAME or DATABASE.NAME")
  private @Nullable String collection;

  @Option(names = "--all", description = "all collections")
  private boolean all;

  @Option(
      names = "--database",
      paramLabel = "DB",
      description = "the collection's database (default: default)")
  private @Nullable String database;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "--detach", description = "print the job's id and leave it running")
  private boolean detach;

  @Option(names = "--json", description = "print one JSON object at the end, and no progress")
  private boolean json;

  private JobCommand(JobKind kind) {
    this.kind = kind;
  }

  /**
   * The command of one kind of job.
   *
   * @throws IllegalArgumentException if this build has no such job
   */
  static CommandLine of(JobKind kind) {
    MaintenanceJob job = MaintenanceJobs.of(kind);
    CommandLine line = new CommandLine(new JobCommand(kind));
    CommandSpec spec = line.getCommandSpec().name(kind.command());
    spec.usageMessage().description(about(kind));
    if (kind == JobKind.SNAPSHOT) {
      spec.usageMessage()
          .description(
              about(kind),
              "Short: create|drop|restore NAME COLLECTION, list [COLLECTION], backup FOLDER [COLLECTION], import FOLDER.");
    }
    for (JobOption option : job.options()) {
      spec.addOption(option(option));
    }
    return line;
  }

  private static OptionSpec option(JobOption option) {
    OptionSpec.Builder builder = OptionSpec.builder("--" + option.name());
    if (option.isFlag()) {
      builder.arity("0").type(boolean.class);
    } else {
      builder.arity("1").type(String.class).paramLabel(option.value());
    }
    return builder
        .description(
            option.about()
                + (option.otherwise().isEmpty() ? "" : " (default: " + option.otherwise() + ")"))
        .build();
  }

  private static String about(JobKind kind) {
    return switch (kind) {
      case INDEX -> "Builds what is unindexed now, without waiting for a segment's worth of rows.";
      case COMPACT -> "Merges small files and segments, applies deletes, clusters.";
      case REINDEX -> "Builds another index beside the one in use, compares the two, switches.";
      case REEMBED -> "Fills a new vector field of the rows that are there.";
      case EXPIRE -> "Removes what nobody can ask for any more: rows, snapshots, files, log.";
      case SNAPSHOT -> "Names a state of a collection, to search, restore or back up.";
    };
  }

  @Override
  public Integer call() throws Exception {
    CommandSpec command = Objects.requireNonNull(spec);
    if ((collection == null) != all) {
      throw new ParameterException(
          command.commandLine(), "give a COLLECTION, or --all for all of them");
    }
    if (all && database != null) {
      throw new ParameterException(
          command.commandLine(),
          "--all is of all databases: leave --database out, or give a COLLECTION");
    }
    PrintWriter out = command.commandLine().getOut();
    RunningTidemark running = data.running();
    JobView job =
        JobView.ofJson(running.post(RunningTidemark.path("/admin/jobs", parameters(command))));
    if (detach) {
      out.println(json ? job.toJson().trim() : job.id());
      out.flush();
      return 0;
    }
    JobView ended = new JobWatch(running, out, json).toTheEnd(job);
    return switch (ended.state()) {
      case "done" -> 0;
      case "cancelled" -> CANCELLED;
      default -> FAILED;
    };
  }

  private Map<String, String> parameters(CommandSpec command) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("kind", kind.command());
    if (collection != null) {
      int dot = database == null ? collection.indexOf('.') : -1;
      String owner = dot < 0 ? database : collection.substring(0, dot);
      parameters.put("collection", collection.substring(dot + 1));
      if (owner != null) {
        parameters.put("database", owner);
      }
    }
    ParseResult given = command.commandLine().getParseResult();
    for (JobOption option : MaintenanceJobs.of(kind).options()) {
      if (given.hasMatchedOption("--" + option.name())) {
        Object value = given.matchedOptionValue("--" + option.name(), "");
        parameters.put(option.name(), String.valueOf(value));
      }
    }
    return parameters;
  }
}
