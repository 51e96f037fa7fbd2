package io.tidemark.engine.segment;

/**
 * What one segment of several is asked for: of {@code k} hits wanted of all, as many as its share
 * of the rows lets expect, and some more. If rows lie in the segments by chance, the hits of a
 * segment spread binomially around that; a segment that has many more was asked for too little.
 *
 * @param k hits wanted of all segments together
 * @param share of the rows that count, those in this segment: above 0 up to 1
 */
public record SegmentShare(int k, double share) {
  /** Standard deviations: about one segment of a hundred exceeds these by chance. */
  private static final double SPREAD = 2.5;

  /** Where hardly a hit is expected, this many are no surprise. */
  private static final double FEW = 3;

  /** Hits asked for beyond what is no surprise. */
  private static final int MORE = 2;

  public SegmentShare {
    if (k < 1 || !(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "a share of " + share + " of " + k + " hits, expected above 0 up to 1, of 1 or more");
    }
  }

  /** What it is asked for, {@link #k} at most. */
  public int hits() {
    return (int) Math.min(k, Math.ceil(most()) + MORE);
  }

  /**
   * Whether the segment had so many hits as near as the best {@code k} of all that it may have
   * more, and is to be searched as if it were alone.
   */
  public boolean isExceededBy(int hits) {
    return share < 1 && hits > most();
  }

  private double most() {
    return Math.max(FEW, k * share + SPREAD * Math.sqrt(k * share * (1 - share)));
  }
}
