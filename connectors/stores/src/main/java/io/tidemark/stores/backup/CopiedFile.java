package io.tidemark.stores.backup;

import java.util.BitSet;

/**
 * A data file's copy.
 *
 * @param source location of the file that was copied
 * @param location of the copy
 * @param digest of the copy
 * @param rows in the copy, deleted ones included; may be fewer than in the source, whose ordinals
 *     then do not hold
 * @param dead positions of deleted rows in the copy; not written to
 */
record CopiedFile(String source, String location, Digest digest, long rows, BitSet dead) {
  /** Rows that are not deleted. */
  long alive() {
    return rows - dead.cardinality();
  }
}
