package io.tidemark.jobs.compact;

import io.tidemark.engine.compaction.CompactionLimits;
import io.tidemark.model.error.TidemarkException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

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
  public static CompactLimits of(Map<String, String> options) {
    CompactionLimits standard = DEFAULTS.rewrites();
    CompactionLimits rewrites;
    try {
      rewrites =
          new CompactionLimits(
              whole(options, "segment-bytes").orElse(standard.segmentBytes()),
              whole(options, "segment-rows").orElse(standard.segmentRows()),
              whole(options, "files-min").orElse((long) standard.filesMin()).intValue(),
              share(options, "deleted-share").orElse(standard.deadShare()),
              whole(options, "age-min-seconds").map(s -> s * 1000).orElse(standard.quietMs()));
    } catch (IllegalArgumentException e) {
      throw TidemarkException.invalid(String.valueOf(e.getMessage()));
    }
    return new CompactLimits(
        rewrites,
        whole(options, "delete-files-max").orElse((long) DEFAULTS.deleteFilesMax).intValue(),
        whole(options, "index-rows-min").orElse(DEFAULTS.indexRowsMin));
  }

  private static Optional<Long> whole(Map<String, String> options, String name) {
    return value(
        options,
        name,
        "a whole number up to " + Integer.MAX_VALUE,
        text -> {
          long number = Long.parseLong(text);
          if (number > Integer.MAX_VALUE) {
            throw new NumberFormatException(text);
          }
          return number;
        });
  }

  private static Optional<Double> share(Map<String, String> options, String name) {
    return value(options, name, "a number up to 1", Double::parseDouble);
  }

  private static <T> Optional<T> value(
      Map<String, String> options, String name, String expected, Function<String, T> parser) {
    String text = options.get(name);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(text));
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(name + " is '" + text + "', expected " + expected);
    }
  }
}
