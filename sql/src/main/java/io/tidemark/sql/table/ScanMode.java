package io.tidemark.sql.table;

/** Whether a read of a table ends. */
public enum ScanMode {
  /** It ends with the rows as of one moment. */
  BOUNDED,
  /** It goes on with what changes. */
  CHANGELOG
}
