package io.tidemark.serving.read;

import io.tidemark.engine.segment.SearchPlan;
import java.util.Map;

/**
 * Counters and gauges of a {@link ReadService}.
 *
 * @param collections loaded or being loaded
 * @param sealedSegments in memory
 * @param growingBytes of rows that are not in a table yet
 * @param loadedBytes of memory that loaded segments take, or are about to
 * @param loadedBytesMax that they may take
 * @param rejectedRows of loaded data files that no read may show: a null key, or a vector of the
 *     wrong dimension or with a NaN; another engine wrote them
 * @param indexFailures index files that could not be used since the start; their rows are searched
 *     exactly
 * @param cacheBytes of cached columns and downloaded index files on local disk
 * @param cacheEvictions files that made room for others since the start
 * @param indexDownloads index files fetched from a remote lake since the start
 * @param damagedFiles cached or index files that were found torn or altered since the start; none
 *     was used
 * @param searches since the start
 * @param queries since the start
 * @param plans how many queries searched a segment in which way, since the start
 * @param scoredRows that searches compared with a query, or their codes, since the start
 * @param filteredRows live rows that filters and partitions left out of searches, since the start
 */
public record ReadMetrics(
    int collections,
    int sealedSegments,
    long growingBytes,
    long loadedBytes,
    long loadedBytesMax,
    long rejectedRows,
    long indexFailures,
    long cacheBytes,
    long cacheEvictions,
    long indexDownloads,
    long damagedFiles,
    long searches,
    long queries,
    Map<SearchPlan, Long> plans,
    long scoredRows,
    long filteredRows) {
  public ReadMetrics {
    plans = Map.copyOf(plans);
  }
}
