package io.tidemark.stores.lake;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * When other engines committed, kept beyond their snapshots. A row of theirs carries no timestamp:
 * it takes its snapshot's, which must not become another, later or earlier, once the snapshot has
 * expired; the row would outlive its time to live, or go before it. The newest {@value #COUNT_MAX}
 * are kept in the table property {@value #PROPERTY}, as {@code SEQUENCE_NUMBER:MILLISECONDS}
 * separated by commas. Stateless.
 */
final class ForeignCommits {
  static final String PROPERTY = "tidemark.foreign-commits";
  private static final int COUNT_MAX = 1000;
  private static final Pattern ENTRY = Pattern.compile("(\\d+):(\\d+)");
  private static final String ADDED_FILES = "added-data-files";

  private ForeignCommits() {}

  /** By the sequence number of the commit, milliseconds since the epoch. */
  static NavigableMap<Long, Long> times(Map<String, String> properties) {
    NavigableMap<Long, Long> times = new TreeMap<>();
    ENTRY
        .matcher(properties.getOrDefault(PROPERTY, ""))
        .results()
        .forEach(
            entry -> times.put(Long.parseLong(entry.group(1)), Long.parseLong(entry.group(2))));
    return times;
  }

  /**
   * Writes down those of the snapshots that are about to expire, by a commit of its own if there
   * are any. To be called before they do.
   *
   * @param beforeMs snapshots that are older may expire
   */
  static void keep(Table table, long beforeMs) {
    if (!table.properties().containsKey(CollectionProperties.ID)) {
      return;
    }
    NavigableMap<Long, Long> known = times(table.properties());
    NavigableMap<Long, Long> all = new TreeMap<>(known);
    for (Snapshot snapshot : table.snapshots()) {
      if (snapshot.timestampMillis() < beforeMs && isForeign(snapshot)) {
        all.put(snapshot.sequenceNumber(), snapshot.timestampMillis());
      }
    }
    while (all.size() > COUNT_MAX) {
      all.remove(all.firstKey());
    }
    if (!all.equals(known)) {
      table
          .updateProperties()
          .set(
              PROPERTY,
              all.entrySet().stream()
                  .map(entry -> entry.getKey() + ":" + entry.getValue())
                  .collect(Collectors.joining(",")))
          .commit();
    }
  }

  private static boolean isForeign(Snapshot snapshot) {
    Map<String, String> summary = snapshot.summary();
    return !summary.containsKey(LogSnapshotCommitter.COMMIT_ID)
        && !"0".equals(summary.getOrDefault(ADDED_FILES, "0"));
  }
}
