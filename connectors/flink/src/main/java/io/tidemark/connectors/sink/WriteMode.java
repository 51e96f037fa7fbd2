package io.tidemark.connectors.sink;

/** What becomes of a row whose key is already there. */
public enum WriteMode {
  /** It replaces the row of that key: written twice it is there once. */
  UPSERT,
  /**
   * It is added without looking: the fastest, for loads of new keys. Of a key written twice reads
   * show the newest row, and compaction keeps only it.
   */
  INSERT
}
