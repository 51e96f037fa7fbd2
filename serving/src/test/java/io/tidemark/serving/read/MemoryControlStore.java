package io.tidemark.serving.read;

import io.tidemark.model.control.ControlStore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Control state of one process. */
final class MemoryControlStore implements ControlStore {
  private final ConcurrentSkipListMap<String, String> entries = new ConcurrentSkipListMap<>();

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
    entries.put(key, value);
  }

  @Override
  public void delete(String key) {
    entries.remove(key);
  }

  @Override
  public void refresh() {
    // There is nobody else to hear of.
  }

  @Override
  public void close() {
    entries.clear();
  }
}
