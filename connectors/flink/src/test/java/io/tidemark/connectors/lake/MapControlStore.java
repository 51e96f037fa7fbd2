package io.tidemark.connectors.lake;

import io.tidemark.model.control.ControlStore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Control state in memory, with a count of its writes. */
final class MapControlStore implements ControlStore {
  int writes;
  private final TreeMap<String, String> entries = new TreeMap<>();

  @Override
  public Optional<String> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public Map<String, String> list(String prefix) {
    return new TreeMap<>(entries.subMap(prefix, prefix + Character.MAX_VALUE));
  }

  @Override
  public void put(String key, String value) {
    writes++;
    entries.put(key, value);
  }

  @Override
  public void delete(String key) {
    entries.remove(key);
  }

  @Override
  public void refresh() {
    // Nobody else writes.
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
