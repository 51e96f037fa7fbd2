package io.tidemark.connectors.sink;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.RowLayout;
import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.types.logical.RowType;

/**
 * The collection that is written, and what the rows look like.
 *
 * @param partition position of the partition's name in the rows, or -1
 */
record SinkTarget(Endpoint endpoint, String database, String collection, RowType row, int partition)
    implements Serializable {
  private static final long PAUSE_MS = 500;

  RowLayout layout(CollectionDescription description) {
    return RowLayout.of(description.schema(), row, partition);
  }

  /** Waits for a server that is away. */
  CollectionDescription describe(TidemarkClient client, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        return client.describe(database, collection);
      } catch (TidemarkException e) {
        if (!e.code().retriable() || System.nanoTime() > deadline) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    }
  }
}
