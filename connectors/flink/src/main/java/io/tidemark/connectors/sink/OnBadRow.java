package io.tidemark.connectors.sink;

/** What becomes of a row that the collection cannot take. */
public enum OnBadRow {
  /** It fails the job, with a message that names the row and the way out. */
  FAIL,
  /** It is left out, counted and logged. */
  SKIP
}
