package io.tidemark.jobs.snapshot;

import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a run of the job does. */
enum SnapshotAction {
  /** Names what a collection holds now, or an older snapshot that has not expired. */
  CREATE(Set.of("name", "snapshot", "age", "flush", "wait")),
  /** Tells the names there are. */
  LIST(Set.of()),
  /** Forgets a name; what only it kept goes with the next expiry. */
  DROP(Set.of("name")),
  /** Makes another collection of a named state. */
  RESTORE(Set.of("name", "as")),
  /** Copies a state into a folder. */
  BACKUP(Set.of("name", "to", "flush", "wait")),
  /** Makes collections of a backup's. */
  IMPORT(Set.of("from", "only", "as", "wait"));

  private final Set<String> options;

  SnapshotAction(Set<String> options) {
    this.options = options;
  }

  /**
   * The action, with options that all belong to it.
   *
   * @throws TidemarkException INVALID_PARAMETER
   */
  static SnapshotAction of(Map<String, String> options) {
    String name = options.getOrDefault("action", "list");
    SnapshotAction action =
        Arrays.stream(values())
            .filter(each -> each.command().equals(name))
            .findFirst()
            .orElseThrow(() ->
                TidemarkException.invalid(
                    "snapshot has no action '"
                        + name
                        + "'; there are "
                        + Arrays.stream(values())
                            .map(SnapshotAction::command)
                            .collect(Collectors.joining(", "))));
    Set<String> foreign = new TreeSet<>(options.keySet());
    foreign.remove("action");
    foreign.removeAll(action.options);
    if (!foreign.isEmpty()) {
      throw TidemarkException.invalid(
          "snapshot "
              + action.command()
              + " has no option "
              + foreign
              + "; there are "
              + new TreeSet<>(action.options));
    }
    return action;
  }

  String command() {
    return name().toLowerCase(Locale.ROOT);
  }
}
