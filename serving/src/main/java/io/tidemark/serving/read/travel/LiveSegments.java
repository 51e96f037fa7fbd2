package io.tidemark.serving.read.travel;

import io.tidemark.serving.read.load.LoadedSegment;
import java.util.List;
import java.util.Map;

/**
 * Segments that are in memory anyway, kept open until this is closed: a view of the past takes
 * those that it has in common.
 *
 * @param segments by their files' locations
 */
public record LiveSegments(Map<List<String>, LoadedSegment> segments, Runnable release)
    implements AutoCloseable {
  /** None. */
  public static final LiveSegments NONE = new LiveSegments(Map.of(), () -> {});

  @Override
  public void close() {
    release.run();
  }
}
