package io.tidemark.model.control;

import java.util.Map;
import java.util.Optional;

/**
 * Small durable control state: aliases, load state, collection ids, global positions. Keys are
 * paths like {@code alias/default/books}; values are short UTF-8 texts, mostly JSON.
 *
 * <p>A write is durable and visible to this store's own reads when the call returns; other
 * processes see it soon after. Thread-safe. Failures of the backing system throw {@link
 * io.tidemark.model.error.TidemarkException} SERVICE_NOT_READY: the write may or may not have
 * happened, and may be repeated.
 */
public interface ControlStore extends AutoCloseable {
  Optional<String> get(String key);

  /** All entries whose key starts with {@code prefix}, in key order; a copy. */
  Map<String, String> list(String prefix);

  void put(String key, String value);

  void delete(String key);

  /** Returns once everything written by any process before this call is visible here. */
  void refresh();

  @Override
  void close();
}
