package io.tidemark.jobs.compact;

/**
 * A file to be written.
 *
 * @param ordinals the rows it gets, in this order
 */
@SuppressWarnings("ArrayRecordComponent") // read only, and by this package alone
record Output(Place place, Kind kind, int[] ordinals) {
  enum Kind {
    /** Rows that reads show. */
    CLEAN,
    /** Rows that reads refuse, kept apart so that the others are written strictly. */
    REFUSED,
    /** Rows that leave the table in a snapshot of their own. */
    OUTLIVED
  }
}
