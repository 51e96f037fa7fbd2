package io.tidemark.jobs.compact;

import io.tidemark.engine.compaction.CompactionLimits;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.error.TidemarkException;

/**
 * When files are worth writing anew, and their deletes.
 *
 * @param rewrites of data files
 * @param deleteFilesMax so many delete files that are not one data file's own become positions
 * @param indexRowsMin fewer rows get no index
 */
public record CompactLimits(CompactionLimits rewrites, int deleteFilesMax, long indexRowsMin) {
  public static final CompactLimits DEFAULTS =
      new CompactLimits(CompactionLimits.DEFAULTS, 16, 1024);

  public CompactLimits {
    if (deleteFilesMax < 1 || indexRowsMin < 1) {
      throw TidemarkException.invalid(
          "delete-files-max is "
              + deleteFilesMax
              + ", index-rows-min is "
              + indexRowsMin
              + ": each must be at least 1");
    }
  }

  /**
   * The defaults, but for what is given under the names of {@link CompactJob#options}.
   *
   * @throws TidemarkException INVALID_PARAMETER for a bad value
   */
  public static CompactLimits of(OptionValues options) {
    CompactionLimits standard = DEFAULTS.rewrites();
    return new CompactLimits(
        new CompactionLimits(
            options.number("segment-bytes", standard.segmentBytes(), 1, Integer.MAX_VALUE),
            options.number("segment-rows", standard.segmentRows(), 1, Integer.MAX_VALUE),
            options.number("files-min", standard.filesMin(), 2, Integer.MAX_VALUE),
            options.share("deleted-share", false).orElse(standard.deadShare()),
            1000
                * options.number(
                    "age-min-seconds", standard.quietMs() / 1000, 0, Integer.MAX_VALUE)),
        options.number("delete-files-max", DEFAULTS.deleteFilesMax, 1, Integer.MAX_VALUE),
        options.number("index-rows-min", DEFAULTS.indexRowsMin, 1, Integer.MAX_VALUE));
  }
}
