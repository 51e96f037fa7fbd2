package io.tidemark.jobs.reindex;

/**
 * What one index found.
 *
 * @param queries that were asked
 * @param wanted neighbours that exact search finds
 * @param found of these
 * @param nanos that all searches took
 */
record RecallFigures(long queries, long wanted, long found, long nanos) {
  /** 1 if nothing was asked for: what has no index files is searched exactly. */
  double recall() {
    return wanted == 0 ? 1 : (double) found / wanted;
  }

  long meanMicros() {
    return queries == 0 ? 0 : nanos / queries / 1000;
  }
}
