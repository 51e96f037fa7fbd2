package io.tidemark.serving.read;

/**
 * Counters and gauges of a {@link ReadService}.
 *
 * @param collections loaded or being loaded
 * @param sealedSegments in memory
 * @param growingBytes of rows that are not in a table yet
 * @param rejectedRows of loaded data files that no read may show: a null key, or a vector of the
 *     wrong dimension or with a NaN; another engine wrote them
 * @param indexFailures index files that could not be used since the start; their rows are searched
 *     exactly
 * @param searches since the start
 * @param queries since the start
 */
public record ReadMetrics(
    int collections,
    int sealedSegments,
    long growingBytes,
    long rejectedRows,
    long indexFailures,
    long searches,
    long queries) {}
