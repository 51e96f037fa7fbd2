package io.tidemark.standalone.status;

import java.util.Locale;

/**
 * Everything that {@code /metrics} tells, in its order. {@code docs/operations.md} has the same
 * list.
 */
public enum Metric {
  HEALTHY("1 while writes and reads work, else 0"),
  JOB_RUNNING("1 while the job that always runs does: ingest, coordinator", "job"),
  STAGE_BEHIND_SECONDS(
      "age of the oldest that has not passed the stage: committed, indexed, loaded", "stage"),
  STAGE_BEHIND_ROWS("rows that have not passed the stage", "stage"),
  COLLECTIONS("collections"),
  COLLECTIONS_LOADED("of them, loaded or being loaded"),
  ROWS("committed rows, deleted ones included"),
  FILES("live data files"),
  DELETE_FILES("live delete files"),
  SEGMENTS("segments by state: growing, sealed, indexing, indexed, dropped", "state"),
  LOADED_SEGMENTS("sealed segments in memory"),
  LOG_BYTES("the log on disk"),
  LAKE_BYTES("live data and delete files"),
  INDEX_BYTES("registered index files"),
  GROWING_BYTES("memory of rows that are not committed yet"),
  LOADED_BYTES("memory of the vectors and indexes of loaded segments"),
  LOADED_BYTES_MAX("what they may take; loads beyond it are refused"),
  REJECTED_ROWS("rows of other engines that no read may show"),
  INDEX_FAILURES_TOTAL("index files that could not be used"),
  DAMAGED_FILES_TOTAL("cached and index files found torn or altered, and not used"),
  CACHE_BYTES("cached columns and downloaded index files on local disk"),
  CACHE_EVICTIONS_TOTAL("cached files that made room for others"),
  INDEX_DOWNLOADS_TOTAL("index files fetched from an object store"),
  SEARCHES_TOTAL("searches answered or refused"),
  QUERIES_TOTAL("queries answered or refused"),
  SEGMENT_SEARCHES_TOTAL(
      "times a segment was searched for a query: exact, index, filtered_index, completed (exactly, after the index found too few) or repeated (more of the nearest lay there than expected, or older rows of doubled keys took their places)",
      "plan"),
  SCORED_ROWS_TOTAL("rows, or codes of rows, that searches compared with a query"),
  FILTERED_ROWS_TOTAL("live rows that filters and partitions left out of searches"),
  JOBS("batch jobs that are queued or running", "kind", "state"),
  JOBS_ENDED_TOTAL("batch jobs that were done, failed or cancelled", "kind", "state"),
  JOB_SECONDS_TOTAL("how long they ran", "kind", "state"),
  SCHEDULE_NEXT_RUN_SECONDS("when it is due next, since the epoch", "schedule"),
  SCHEDULE_FAILURES("runs that failed in a row", "schedule"),
  WARNINGS("lines under warnings in the status"),
  STATUS_SECONDS("how long it took to find all this out"),
  COLLECTION_ROWS("committed rows, deleted ones included", "collection"),
  COLLECTION_PENDING_ROWS("of them, rows that wait for an index", "collection"),
  COLLECTION_FILES("live data files", "collection"),
  COLLECTION_DELETE_FILES("live delete files", "collection"),
  COLLECTION_BYTES("live data and delete files", "collection"),
  RECALL(
      "what the last searches that were compared with exact ones found of k true hits, by kind of segment: growing, unindexed, an index type, total",
      "collection",
      "kind",
      "k"),
  RECALL_QUERIES("how many searches that is, 256 at most", "collection", "kind"),
  COLLECTION_BEHIND_SECONDS(
      "age of the oldest that has not passed the stage: committed, indexed, and if it is loaded, loaded",
      "collection",
      "stage");

  private final String help;
  private final String[] labels;

  Metric(String help, String... labels) {
    this.help = help;
    this.labels = labels;
  }

  /** As Prometheus knows it: {@code tidemark_…}, with the unit at its end where it has one. */
  public String title() {
    return "tidemark_" + name().toLowerCase(Locale.ROOT);
  }

  public String type() {
    return name().endsWith("_TOTAL") ? "counter" : "gauge";
  }

  public String help() {
    return help;
  }

  /** The names of its labels, in the order in which samples give their values. */
  public String[] labels() {
    return labels.clone();
  }
}
