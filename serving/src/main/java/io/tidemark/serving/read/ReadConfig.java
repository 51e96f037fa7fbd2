package io.tidemark.serving.read;

import io.tidemark.model.error.TidemarkException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a {@link ReadService} works.
 *
 * @param cacheDirectory holds cached columns and downloaded index files; belongs to one process,
 *     may be lost
 * @param searchThreads for distance work, about the number of cores
 * @param pollInterval how often a loaded table and its index registry are looked at
 * @param growingBytesMax memory for rows that are not committed yet; at {@link
 *     ReadService#pressure()} 1 it is used up
 * @param loadedBytesMax memory for the vectors and indexes of loaded rows that are committed; what
 *     does not fit is not loaded
 * @param cacheBytesMax for the files in the cache directory; only the columns of loaded
 *     collections, which are mapped, may take more
 * @param recallShare of one core that may go into comparing users' searches with exact ones; 0 for
 *     none
 */
public record ReadConfig(
    Path cacheDirectory,
    int searchThreads,
    Duration pollInterval,
    long growingBytesMax,
    long loadedBytesMax,
    long cacheBytesMax,
    double recallShare) {
  public static final Duration POLL_INTERVAL = Duration.ofMillis(500);
  public static final long CACHE_BYTES_MAX = 64L << 30;
  public static final double RECALL_SHARE = 0.01;

  /** What growing rows may take of the heap. */
  private static final double GROWING_SHARE = 0.2;

  /** And loaded rows; what is left is for builds, requests and whatever else runs here. */
  private static final double LOADED_SHARE = 0.5;

  public ReadConfig(
      Path cacheDirectory, int searchThreads, Duration pollInterval, long growingBytesMax) {
    this(
        cacheDirectory,
        searchThreads,
        pollInterval,
        growingBytesMax,
        loadedBytesDefault(),
        CACHE_BYTES_MAX,
        RECALL_SHARE);
  }

  /** A fifth of the heap. */
  public static long growingBytesDefault() {
    return (long) (Runtime.getRuntime().maxMemory() * GROWING_SHARE);
  }

  /** Half of the heap. */
  public static long loadedBytesDefault() {
    return (long) (Runtime.getRuntime().maxMemory() * LOADED_SHARE);
  }

  public ReadConfig {
    if (searchThreads < 1
        || pollInterval.isNegative()
        || growingBytesMax < 1
        || !(recallShare >= 0 && recallShare <= 1)
        || loadedBytesMax < 1
        || cacheBytesMax < 1) {
      throw TidemarkException.invalid(
          "read configuration: searchThreads "
              + searchThreads
              + ", pollInterval "
              + pollInterval
              + ", growingBytesMax "
              + growingBytesMax
              + ", loadedBytesMax "
              + loadedBytesMax
              + ", cacheBytesMax "
              + cacheBytesMax
              + ", recallShare "
              + recallShare
              + "; all must be positive, the share from 0 to 1");
    }
  }

  public static ReadConfig defaults(Path cacheDirectory) {
    Runtime runtime = Runtime.getRuntime();
    return new ReadConfig(
        cacheDirectory, runtime.availableProcessors(), POLL_INTERVAL, growingBytesDefault());
  }

  public ReadConfig withCacheBytesMax(long bytes) {
    return new ReadConfig(
        cacheDirectory,
        searchThreads,
        pollInterval,
        growingBytesMax,
        loadedBytesMax,
        bytes,
        recallShare);
  }

  public ReadConfig withRecallShare(double share) {
    return new ReadConfig(
        cacheDirectory,
        searchThreads,
        pollInterval,
        growingBytesMax,
        loadedBytesMax,
        cacheBytesMax,
        share);
  }

  /** With other bounds of memory. */
  public ReadConfig withMemory(long growing, long loaded) {
    return new ReadConfig(
        cacheDirectory, searchThreads, pollInterval, growing, loaded, cacheBytesMax, recallShare);
  }
}
