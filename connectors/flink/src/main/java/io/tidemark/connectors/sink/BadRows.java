package io.tidemark.connectors.sink;

import io.tidemark.connectors.row.BadRowException;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fails the task for a bad row, or counts and logs it: the first ones, then every thousandth. */
final class BadRows {
  private static final Logger LOG = LoggerFactory.getLogger(BadRows.class);
  private static final long LOGGED_FIRST = 10;
  private static final long LOGGED_EVERY = 1_000;

  private final OnBadRow onBadRow;
  private final Counter skipped;

  BadRows(OnBadRow onBadRow, Counter skipped) {
    this.onBadRow = onBadRow;
    this.skipped = skipped;
  }

  void refused(BadRowException bad) {
    switch (onBadRow) {
      case FAIL ->
          throw new TidemarkException(
              ErrorCode.INVALID_PARAMETER,
              bad.getMessage()
                  + "; correct the row, or set 'sink.on-error'='skip' to leave such rows out",
              bad);
      case SKIP -> {
        skipped.inc();
        long count = skipped.getCount();
        if (count <= LOGGED_FIRST || count % LOGGED_EVERY == 0) {
          LOG.warn("Row skipped reason=\"{}\" skipped={}", bad.getMessage(), count);
        }
      }
    }
  }
}
