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

  /** A row scored on a walk costs as much as this many in a scan, since memory is met at random. */
  private static final double WALK_FACTOR = 3;

  /** The same for a narrow search, which looks at the neighbours' neighbours too. */
  private static final double NARROW_FACTOR = 7;

  private SearchEffort() {}

  /**
   * Candidates to keep: what was asked for, else k and some more, which finds 97 % of the true ten
   * among 200,000 SIFT vectors.
   */
  static int candidates(int k, int ef) {
    return ef > 0 ? Math.max(ef, k) : k + Math.max(DEFAULT_MARGIN, k / 4);
  }

  /**
   * What a search costs, in rows scored by a scan.
   *
   * @param degree average, of the bottom layer
   * @param accepted of {@code nodes} rows pass
   */
  static double expectedCost(int candidates, double degree, int nodes, int accepted) {
    double unfiltered = degree * Math.pow(candidates, 0.75) * Math.log(nodes + 1.0) / 6.2;
    double share = Math.min(1, (double) accepted / Math.max(1, nodes));
    return share < NARROW_SHARE
        ? NARROW_FACTOR * unfiltered
        : WALK_FACTOR * unfiltered * Math.pow(share, -0.75);
  }
}
