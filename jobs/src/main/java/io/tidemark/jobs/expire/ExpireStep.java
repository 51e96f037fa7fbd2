package io.tidemark.jobs.expire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The steps of an expiry, in their order; a step's option is its name in lower case. */
public enum ExpireStep {
  /** Data files all of whose rows have outlived the collection's time to live. */
  ROWS,
  /** Snapshots, and the files that only they name. */
  SNAPSHOTS,
  /** Registry rows of indexes that nobody can use any more, or whose file is gone. */
  REGISTRY,
  /** Files that nothing names. */
  ORPHANS,
  /** Control state of dropped collections and of serving nodes that are gone. */
  CONTROL,
  /** The beginning of the log. */
  LOG;

  /** What it removes, in a line of help. */
  String about() {
    return switch (this) {
      case ROWS -> "remove data files all of whose rows have outlived the time to live";
      case SNAPSHOTS -> "remove snapshots, and the files that only they name";
      case REGISTRY -> "remove entries of indexes that nobody can use any more";
      case ORPHANS -> "remove files that nothing names";
      case CONTROL -> "remove the state of dropped collections and of nodes that are gone";
      case LOG -> "remove the beginning of the log";
    };
  }

  String option() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ExpireStep> ofOption(String option) {
    return Arrays.stream(values()).filter(step -> step.option().equals(option)).findFirst();
  }

  static List<String> options() {
    return Arrays.stream(values()).map(ExpireStep::option).toList();
  }
}
