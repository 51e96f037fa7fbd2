package io.tidemark.standalone.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

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
 * Without a collection all are meant.
 */
final class SnapshotArguments {
  private static final Set<String> NAMED = Set.of("create", "drop", "restore");

  private SnapshotArguments() {}

  static String[] spelledOut(String[] given) {
    if (given.length < 2 || !given[0].equals("snapshot")) {
      return given;
    }
    String action = given[1];
    List<String> all = new ArrayList<>(List.of("snapshot", "--action", action));
    int next = 2;
    if (NAMED.contains(action) || action.equals("backup") || action.equals("import")) {
      if (next < given.length && !given[next].startsWith("-")) {
        all.addAll(operand(action, given[next++]));
      }
    } else if (!action.equals("list")) {
      int more = operands(given, next);
      if (action.startsWith("-") || more == 0) {
        // Spelled out already: options, or a collection and options.
        return given;
      }
      // The job says which actions there are; what the rest would be is anybody's guess.
      next += more;
    }
    boolean collection = next < given.length && !given[next].startsWith("-");
    List<String> rest = Arrays.asList(given).subList(next, given.length);
    all.addAll(rest);
    if (!collection && !NAMED.contains(action) && !rest.contains("--all")) {
      all.add("--all");
    }
    return all.toArray(String[]::new);
  }

  private static int operands(String[] given, int from) {
    int to = from;
    while (to < given.length && !given[to].startsWith("-")) {
      to++;
    }
    return to - from;
  }

  private static List<String> operand(String action, String operand) {
    return switch (action) {
      case "backup" -> List.of("--to", absolute(operand));
      case "import" -> List.of("--from", absolute(operand));
      default -> List.of("--name", operand);
    };
  }

  /** The job runs in another process, with another current folder. */
  private static String absolute(String folder) {
    return folder.contains(":/") ? folder : Path.of(folder).toAbsolutePath().normalize().toString();
  }
}
