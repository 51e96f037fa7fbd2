package io.tidemark.engine.index.graph;

/**
 * How hard a graph is searched, and what that costs. The figures were fitted to measurements with
 * 10,000 and 200,000 vectors of 128 dimensions at degree 32; they only have to be right where two
 * ways of searching cost about the same.
 */
final class SearchEffort {
  /**
   * From this share of passing rows on, a search walks over all rows; below it, it scores only the
   * passing ones.
   */
  static final double NARROW_SHARE = 0.25;

  private static final int DEFAULT_MARGIN = 40;

  /** Below this a walk loses its way, however few hits are expected. */
  private static final int DEFAULT_MARGIN_MIN = 12;

  /** Two segments of half the rows need more than half of the candidates each, for equal recall. */
  private static final double SHARE_EXPONENT = 0.75;

  /**
   * Passing neighbours of neighbours there must be, on average, for a narrow search to find its
   * way: with 10 it found 91 to 93 of a hundred, with 30 all but one.
   */
  private static final double NARROW_REACH_MIN = 30;

  /** A row scored on a walk costs as much as this many in a scan, since memory is met at random. */
  private static final double WALK_FACTOR = 3;

  /** The same for a narrow search, which looks at the neighbours' neighbours too. */
  private static final double NARROW_FACTOR = 7;

  /** A search that scores this many times as many rows as expected is in the wrong place. */
  private static final double GIVE_UP_FACTOR = 4;

  private SearchEffort() {}

  /**
   * Candidates to keep: what was asked for, else k and some more, which finds 98 % of the true ten
   * among 200,000 SIFT vectors, be they in one graph or, each searched with its share, in ten.
   *
   * @param share of the rows that are searched, those in this graph
   */
  static int candidates(int k, int ef, double share) {
    if (ef > 0) {
      return Math.max(ef, k);
    }
    int margin = (int) Math.ceil(DEFAULT_MARGIN * Math.pow(share, SHARE_EXPONENT));
    return k + Math.max(Math.max(DEFAULT_MARGIN_MIN, margin), k / 4);
  }

  /**
   * What a search costs, in rows scored by a scan; infinite if so few rows pass that a walk among
   * them would miss some, however long a scan takes.
   *
   * @param degree average, of the bottom layer
   * @param accepted of {@code nodes} rows pass
   */
  static double expectedCost(int candidates, double degree, int nodes, int accepted) {
    double unfiltered = expectedScores(candidates, degree, nodes);
    double share = share(nodes, accepted);
    if (share * degree * degree < NARROW_REACH_MIN) {
      return Double.POSITIVE_INFINITY;
    }
    return share < NARROW_SHARE
        ? NARROW_FACTOR * unfiltered
        : WALK_FACTOR * unfiltered * Math.pow(share, -0.75);
  }

  /** Rows that a search without a filter scores. */
  private static double expectedScores(int candidates, double degree, int nodes) {
    return degree * Math.pow(candidates, 0.75) * Math.log(nodes + 1.0) / 6.2;
  }

  static double share(int nodes, int accepted) {
    return Math.min(1, (double) accepted / Math.max(1, nodes));
  }

  /**
   * Rows that a filtered search scores before it gives up: some times what is expected, or what a
   * scan of the passing rows would cost, whichever is more.
   */
  static double scoresMax(int candidates, double degree, int nodes, int accepted) {
    double share = Math.max(NARROW_SHARE, share(nodes, accepted));
    double expected = expectedScores(candidates, degree, nodes) * Math.pow(share, -0.75);
    return Math.max(accepted / WALK_FACTOR, GIVE_UP_FACTOR * expected);
  }
}
