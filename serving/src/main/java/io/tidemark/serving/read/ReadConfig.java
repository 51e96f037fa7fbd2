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
 * @param cacheBytesMax for the files in the cache directory; only the columns of loaded
 *     collections, which are mapped, may take more
 */
public record ReadConfig(
    Path cacheDirectory,
    int searchThreads,
    Duration pollInterval,
    long growingBytesMax,
    long cacheBytesMax) {
  public static final Duration POLL_INTERVAL = Duration.ofMillis(500);
  public static final long CACHE_BYTES_MAX = 64L << 30;

  /** The share of the heap that growing rows may take. */
  private static final int HEAP_SHARE = 4;

  public ReadConfig(
      Path cacheDirectory, int searchThreads, Duration pollInterval, long growingBytesMax) {
    this(cacheDirectory, searchThreads, pollInterval, growingBytesMax, CACHE_BYTES_MAX);
  }

  public ReadConfig {
    if (searchThreads < 1
        || pollInterval.isNegative()
        || growingBytesMax < 1
        || cacheBytesMax < 1) {
      throw TidemarkException.invalid(
          "read configuration: searchThreads "
              + searchThreads
              + ", pollInterval "
              + pollInterval
              + ", growingBytesMax "
              + growingBytesMax
              + ", cacheBytesMax "
              + cacheBytesMax
              + "; all must be positive");
    }
  }

  public static ReadConfig defaults(Path cacheDirectory) {
    Runtime runtime = Runtime.getRuntime();
    return new ReadConfig(
        cacheDirectory,
        runtime.availableProcessors(),
        POLL_INTERVAL,
        runtime.maxMemory() / HEAP_SHARE);
  }

  public ReadConfig withCacheBytesMax(long bytes) {
    return new ReadConfig(cacheDirectory, searchThreads, pollInterval, growingBytesMax, bytes);
  }
}
