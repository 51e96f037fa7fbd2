package io.tidemark.jobs.compact;

import io.tidemark.model.error.TidemarkException;
import java.time.Duration;
import java.util.Map;

/**
 * When files are worth writing anew.
 *
 * @param segmentBytesMax files are merged up to this size; one of half of it is never merged
 * @param segmentRowsMax or up to this many rows
 * @param indexRowsMin fewer rows get no index
 * @param filesMin so many files of about one size are merged into one of the next
 * @param deletedShare a file is written anew once this share of its rows is deleted
 * @param deleteFilesMax more equality deletes than this on one file become position deletes
 * @param ageMin younger files are left alone
 */
public record CompactLimits(
    long segmentBytesMax,
    long segmentRowsMax,
    long indexRowsMin,
    int filesMin,
    double deletedShare,
    int deleteFilesMax,
    Duration ageMin) {
  public static final CompactLimits DEFAULTS =
      new CompactLimits(64L << 20, 100_000, 1024, 4, 0.2, 8, Duration.ofSeconds(30));

  public CompactLimits {
    if (segmentBytesMax < 1 || segmentRowsMax < 1 || indexRowsMin < 1) {
      throw TidemarkException.invalid(
          "compaction up to "
              + segmentBytesMax
              + " bytes, "
              + segmentRowsMax
              + " rows, indexed from "
              + indexRowsMin
              + " rows: each must be at least 1");
    }
    if (filesMin < 2 || deleteFilesMax < 1) {
      throw TidemarkException.invalid(
          "files-min is "
              + filesMin
              + ", the least is 2; delete-files-max is "
              + deleteFilesMax
              + ", the least is 1");
    }
    if (!(deletedShare > 0 && deletedShare <= 1)) {
      throw TidemarkException.invalid(
          "deleted-share is " + deletedShare + ", expected more than 0 and at most 1");
    }
  }

  /** The defaults, but for what is given under the names of {@link CompactJob#options}. */
  public static CompactLimits of(Map<String, String> options) {
    return new CompactLimits(
        whole(options, "segment-bytes", DEFAULTS.segmentBytesMax),
        whole(options, "segment-rows", DEFAULTS.segmentRowsMax),
        whole(options, "index-rows-min", DEFAULTS.indexRowsMin),
        (int) whole(options, "files-min", DEFAULTS.filesMin),
        share(options, "deleted-share", DEFAULTS.deletedShare),
        (int) whole(options, "delete-files-max", DEFAULTS.deleteFilesMax),
        Duration.ofSeconds(whole(options, "age-min-seconds", DEFAULTS.ageMin.toSeconds())));
  }

  private static long whole(Map<String, String> options, String name, long otherwise) {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(name + " is '" + text + "', expected a whole number");
    }
  }

  private static double share(Map<String, String> options, String name, double otherwise) {
    String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(name + " is '" + text + "', expected a number up to 1");
    }
  }
}
