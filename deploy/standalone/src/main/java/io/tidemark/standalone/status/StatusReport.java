package io.tidemark.standalone.status;

import io.tidemark.standalone.jobs.JobView;
import java.util.List;
import java.util.Map;

/**
 * Everything that a standalone Tidemark says of itself; {@code /status.json} is this record with
 * its names in snake case. Sizes are bytes, moments milliseconds since the epoch.
 *
 * @param atMs when it was found out
 * @param tookMs how long that took
 * @param health {@code ok}, {@code degraded} (writes and reads work, something else does not) or
 *     {@code failing}
 * @param warnings what somebody should look at
 */
public record StatusReport(
    long atMs,
    long tookMs,
    String health,
    Addresses addresses,
    Parts parts,
    Stages stages,
    Totals totals,
    Jobs jobs,
    List<Schedule> schedules,
    List<CollectionStatus> collections,
    List<String> warnings) {

  /**
   * {@code host:port} each, and the data directory.
   *
   * @param log the broker's, for jobs that run elsewhere on this machine
   */
  public record Addresses(String grpc, String http, String flink, String log, String data) {}

  /** Flink's words for the state of the two jobs that always run. */
  public record Parts(String ingest, String coordinator) {}

  /**
   * How far behind the end of the log each stage is.
   *
   * @param loggedMs when this was; everything acknowledged by then is in the log
   * @param committed rows: of loaded collections, live, not in a table yet
   * @param indexed rows that wait for an index; those too few for one do not
   * @param loaded time: what searches of loaded collections see; rows: committed, not sealed there
   */
  public record Stages(long loggedMs, Stage committed, Stage indexed, Stage loaded) {}

  /**
   * One stage.
   *
   * @param behindMs everything logged until so long ago has passed it
   * @param behindRows that have not
   */
  public record Stage(long behindMs, long behindRows) {}

  /**
   * Over all collections.
   *
   * @param logBytes of the log on disk
   * @param lakeBytes of live data and delete files
   * @param indexBytes of registered index files
   * @param loadedSegments sealed ones in memory
   * @param growingBytes of memory for rows that are not committed
   * @param loadedBytes of memory for the vectors and indexes of loaded segments
   * @param loadedBytesMax that there are for them
   * @param damagedFiles cached and index files that were found torn or altered since the start
   * @param cacheBytes of cached columns and downloaded index files on local disk
   * @param cacheEvictions cached files that made room for others since the start
   * @param indexDownloads index files fetched from an object store since the start
   * @param segmentSearches how often a segment was searched for a query since the start, by plan
   * @param scoredRows rows, or codes of rows, that searches compared with a query since the start
   * @param filteredRows live rows that filters and partitions left out of searches since the start
   */
  public record Totals(
      int collections,
      int loaded,
      long rows,
      long files,
      long deleteFiles,
      long loadedSegments,
      long logBytes,
      long lakeBytes,
      long indexBytes,
      long growingBytes,
      long loadedBytes,
      long loadedBytesMax,
      long rejectedRows,
      long indexFailures,
      long damagedFiles,
      long cacheBytes,
      long cacheEvictions,
      long indexDownloads,
      long searches,
      long queries,
      Map<String, Long> segmentSearches,
      long scoredRows,
      long filteredRows,
      Map<String, Long> segments) {}

  /**
   * Batch jobs.
   *
   * @param ended the newest that have ended, youngest first
   * @param endedSinceStart by kind, state and in the order of both
   */
  public record Jobs(
      List<JobView> running,
      List<JobView> queued,
      List<JobView> ended,
      List<EndedJobs> endedSinceStart) {}

  /**
   * How many jobs of a kind have ended in a state since this process started.
   *
   * @param seconds that they ran, together
   */
  public record EndedJobs(String kind, String state, long jobs, double seconds) {}

  /**
   * When a schedule ran and will run.
   *
   * @param lastMs of its last run, or when it was set first
   * @param runs how many there were
   */
  public record Schedule(
      String name,
      String kind,
      long lastMs,
      long nextMs,
      long runs,
      int failures,
      String message) {}

  /**
   * A collection.
   *
   * @param load {@code loaded}, {@code N %}, with the reason if it does not get on, or {@code no}
   * @param rows committed, deleted ones included
   * @param liveRows what a read of all finds; of one that is not loaded, {@code rows}
   * @param pendingRows that wait for an index
   * @param segments by state in lower case
   * @param doing what the coordinator does with it: {@code idle}, {@code waiting}, {@code running},
   *     {@code pausing}; empty if it has not looked yet
   * @param recall of the last searches that were compared with exact ones, by kind of segment
   */
  public record CollectionStatus(
      long id,
      String name,
      String load,
      long rows,
      long liveRows,
      long growingRows,
      long pendingRows,
      long rejectedRows,
      long files,
      long deleteFiles,
      long bytes,
      long indexBytes,
      long committedBehindMs,
      long indexedBehindMs,
      long loadedBehindMs,
      Map<String, Long> segments,
      String doing,
      List<Recall> recall) {}

  /**
   * What searches found of the true hits in one kind of segment.
   *
   * @param k hits that were asked for
   * @param queries that had true hits there
   * @param recall from 0 to 1
   */
  public record Recall(String kind, int k, long queries, double recall) {}
}
