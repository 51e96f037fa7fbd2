package io.tidemark.connectors.sink;

import java.util.concurrent.CompletableFuture;

/** Where requests go. Thread-safe. */
interface Writes extends AutoCloseable {
  /**
   * Sends once, without retries of its own.
   *
   * @return done when the server has acknowledged it; else failed with a {@link
   *     io.tidemark.model.error.TidemarkException}, whose code says whether it may succeed later.
   *     After a failure it is not known whether the server has written it, but it has written all
   *     of it or nothing if it answered at all.
   */
  CompletableFuture<Void> send(WriteRequest request);

  @Override
  void close();
}
