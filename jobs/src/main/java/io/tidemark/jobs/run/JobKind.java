package io.tidemark.jobs.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The batch jobs; a kind's command is its name in lower case. */
public enum JobKind {
  /** Builds missing vector indexes. */
  INDEX,
  /** Merges small files, applies deletes, clusters. */
  COMPACT,
  /** Builds another index beside the one in use, compares, switches. */
  REINDEX,
  /** Fills a new vector field of existing rows. */
  REEMBED,
  /** Removes what nobody can ask for any more: rows past their TTL, snapshots, files, log. */
  EXPIRE,
  /** Tags, drops or restores a state of a collection. */
  SNAPSHOT;

  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if there is no such job; the message names those there are
   */
  public static JobKind ofCommand(String command) {
    for (JobKind kind : values()) {
      if (kind.command().equals(command)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "no job is called '"
            + command
            + "'; there are "
            + Arrays.stream(values()).map(JobKind::command).collect(Collectors.joining(", ")));
  }
}
