package io.tidemark.stores.log;

import io.tidemark.model.time.HybridTimestamp;

/**
 * A read-modify-write was refused, nothing was written: a key may have been written after the read.
 * The caller reads again and retries.
 */
public final class KeysWrittenSinceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long readTimestamp;
  private final long writtenTimestamp;

  KeysWrittenSinceException(long collectionId, long readTimestamp, long writtenTimestamp) {
    super(
        "collection "
            + collectionId
            + ": keys read at "
            + HybridTimestamp.format(readTimestamp)
            + " may have been written since, up to "
            + HybridTimestamp.format(writtenTimestamp)
            + ": read again at or after that and retry");
    this.readTimestamp = readTimestamp;
    this.writtenTimestamp = writtenTimestamp;
  }

  public long readTimestamp() {
    return readTimestamp;
  }

  /** A read at or after this timestamp does not fail for the same writes. */
  public long writtenTimestamp() {
    return writtenTimestamp;
  }
}
