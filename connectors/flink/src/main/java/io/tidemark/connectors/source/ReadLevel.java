package io.tidemark.connectors.source;

/** What a bounded read sees. */
public enum ReadLevel {
  /** The table's newest snapshot, which lags behind the writes by seconds. */
  COMMITTED,
  /** Everything acknowledged before the read was planned: the snapshot, then the log up to then. */
  LATEST
}
