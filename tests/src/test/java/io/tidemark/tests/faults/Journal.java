package io.tidemark.tests.faults;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a client knows of its rows: the version it last had acknowledged per key, and after an
 * operation without an answer both possibilities, until the next acknowledged operation on the key
 * settles it. Version {@link #ABSENT} means no row.
 */
final class Journal {
  static final long ABSENT = -1;

  private final Map<Long, Set<Long>> possible = new TreeMap<>();

  synchronized void acknowledged(List<Long> keys, long version) {
    keys.forEach(key -> possible.put(key, new HashSet<>(Set.of(version))));
  }

  synchronized void unanswered(List<Long> keys, long version) {
    keys.forEach(
        key -> possible.computeIfAbsent(key, k -> new HashSet<>(Set.of(ABSENT))).add(version));
  }

  /**
   * Compares with all rows of the database, and takes what it saw as the truth for the unsettled
   * keys.
   *
   * @param rows version by key
   * @return what is wrong, empty if nothing is
   */
  synchronized List<String> check(Map<Long, Long> rows) {
    List<String> wrong = new java.util.ArrayList<>();
    Map<Long, Long> unseen = new HashMap<>(rows);
    possible.forEach((key, versions) -> {
      Long seen = unseen.remove(key);
      long version = seen == null ? ABSENT : seen;
      if (!versions.contains(version)) {
        wrong.add("key " + key + " has version " + version + ", expected one of " + versions);
      }
      versions.retainAll(Set.of(version));
    });
    unseen.forEach((key, version) ->
        wrong.add("key " + key + " with version " + version + " was never written"));
    return wrong;
  }

  synchronized int size() {
    return possible.size();
  }
}
