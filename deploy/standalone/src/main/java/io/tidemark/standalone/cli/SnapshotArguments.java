package io.tidemark.standalone.cli;

import io.tidemark.jobs.run.JobKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The short forms of {@code tidemark snapshot}, spelled out as the options of its job:
 *
 * <pre>
 * snapshot create|drop|restore NAME COLLECTION     --action … --name NAME
 * snapshot list [COLLECTION]                       --action list
 * snapshot backup FOLDER [COLLECTION]              --action backup --to FOLDER
 * snapshot import FOLDER                           --action import --from FOLDER
 * </pre>
 *
 * Without a collection all are meant. Options may stand before, between and behind the words.
 */
final class SnapshotArguments {
  /** By action, the option that the word behind it is the value of. */
  private static final Map<String, String> OPERANDS =
      Map.of(
          "create", "--name",
          "drop", "--name",
          "restore", "--name",
          "backup", "--to",
          "import", "--from");

  private SnapshotArguments() {}

  static String[] spelledOut(String[] given) {
    if (given.length < 2 || !given[0].equals("snapshot")) {
      return given;
    }
    List<String> operands = new ArrayList<>();
    List<String> options = new ArrayList<>();
    Set<String> names = new HashSet<>();
    split(given, operands, options, names);
    if (operands.isEmpty() || names.contains("--action")) {
      return given;
    }
    String action = operands.getFirst();
    List<String> rest = operands.subList(1, operands.size());
    List<String> all = new ArrayList<>(List.of("snapshot", "--action", action));
    String operand = OPERANDS.get(action);
    if (operand != null) {
      if (!rest.isEmpty() && !names.contains(operand)) {
        all.add(operand);
        all.add(operand.equals("--name") ? rest.getFirst() : absolute(rest.getFirst()));
        rest = rest.subList(1, rest.size());
      }
    } else if (!action.equals("list")) {
      if (rest.isEmpty()) {
        // A collection and options.
        return given;
      }
      // The job says which actions there are; what the rest would be is anybody's guess.
      rest = List.of();
    }
    all.addAll(rest);
    all.addAll(options);
    if (rest.isEmpty() && !"--name".equals(operand) && !names.contains("--all")) {
      all.add("--all");
    }
    return all.toArray(String[]::new);
  }

  /**
   * Tells operands from options and their values, wherever they stand.
   *
   * @param names of the options
   */
  private static void split(
      String[] given, List<String> operands, List<String> options, Set<String> names) {
    CommandSpec command = JobCommand.of(JobKind.SNAPSHOT).getCommandSpec();
    for (int i = 1; i < given.length; i++) {
      String each = given[i];
      if (!each.startsWith("-")) {
        operands.add(each);
        continue;
      }
      options.add(each);
      names.add(each.replaceFirst("=.*", ""));
      OptionSpec option = command.findOption(each);
      if (option != null && option.arity().min() > 0 && i + 1 < given.length) {
        options.add(given[++i]);
      }
    }
  }

  /** The job runs in another process, with another current folder. */
  private static String absolute(String folder) {
    return folder.contains(":/") ? folder : Path.of(folder).toAbsolutePath().normalize().toString();
  }
}
