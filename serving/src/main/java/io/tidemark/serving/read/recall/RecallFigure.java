package io.tidemark.serving.read.recall;

/**
 * Recall over some queries, of the hits that lie in one kind of segment.
 *
 * @param kind {@link #GROWING}, {@link #UNINDEXED}, the name of an index type, or {@link #TOTAL}
 * @param queries with true hits there
 * @param wanted true hits of all of them
 * @param found of those, the ones that the served search had too
 */
public record RecallFigure(String kind, long queries, long wanted, long found) {
  /** Rows of the log that are in no table yet. */
  public static final String GROWING = "growing";

  /** Sealed segments without an index. */
  public static final String UNINDEXED = "unindexed";

  /** All segments together. */
  public static final String TOTAL = "total";

  /** Of the normal distribution: 95 of a hundred intervals hold the truth. */
  private static final double Z = 1.96;

  public RecallFigure {
    if (queries < 0 || found < 0 || found > wanted) {
      throw new IllegalArgumentException(
          kind + ": " + found + " found of " + wanted + " by " + queries + " queries");
    }
  }

  /** From 0 to 1; 1 if nothing was to be found. */
  public double recall() {
    return wanted == 0 ? 1 : (double) found / wanted;
  }

  /** Lower end of the interval of 95 %; see {@link #high}. */
  public double low() {
    return Math.max(0, centre() - halfWidth());
  }

  /**
   * Upper end of Wilson's score interval of 95 % (<i>Probable inference</i>, 1927), with a query as
   * one trial and not a hit, since a query's hits are missed together. That is never too narrow: of
   * all figures between 0 and 1 with that mean, none spread more than zeros and ones.
   */
  public double high() {
    return Math.min(1, centre() + halfWidth());
  }

  private double centre() {
    return queries == 0 ? 0.5 : (recall() + Z * Z / (2 * queries)) / (1 + Z * Z / queries);
  }

  private double halfWidth() {
    if (queries == 0) {
      return 0.5;
    }
    double variance = recall() * (1 - recall()) / queries + Z * Z / (4.0 * queries * queries);
    return Z * Math.sqrt(variance) / (1 + Z * Z / queries);
  }
}
