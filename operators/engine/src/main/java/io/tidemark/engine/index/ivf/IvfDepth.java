package io.tidemark.engine.index.ivf;

/**
 * How far a search reads: at least so many lists, and on until so many passing rows were met, as
 * many hits lie in more lists than few. Under a filter more lists are read than without one, since
 * of few rows those wanted lie farther out; and as passing rows may lie in far lists only, reading
 * goes on until the same part of them was met as if they lay everywhere.
 *
 * @param lists read at least
 * @param rows met at least
 * @param passing the part of the rows that passes
 */
record IvfDepth(int lists, int rows, double passing) {
  /** Passing rows met at least for each one wanted. */
  private static final int ROWS_PER_HIT = 32;

  /**
   * With a share {@code s} of the rows passing, {@code s^-WIDENING} times as many lists are read.
   * Fitted to 200,000 SIFT vectors, where it keeps recall at what it is without a filter or above.
   */
  private static final double WIDENING = 0.5;

  /**
   * So many times as many rows are met where passing rows lie in far lists: seen from there lists
   * are about equally far, and so are rows.
   */
  static final int FAR_FACTOR = 3;

  /** With less than this part of the passing rows that there should be, they lie elsewhere. */
  private static final double FAR_SHARE = 0.5;

  /**
   * @param accepted rows that pass
   */
  static IvfDepth of(IvfEffort effort, InvertedLists lists, int k, int accepted) {
    if (accepted >= lists.size()) {
      return new IvfDepth(effort.nprobe(), wanted(k), 1);
    }
    double share = Math.max(1, accepted) / (double) lists.size();
    double read = Math.min(lists.count(), effort.nprobe() * Math.pow(share, -WIDENING));
    int rows = (int) Math.round(accepted * read / lists.count());
    return new IvfDepth((int) Math.round(read), Math.max(wanted(k), rows), share);
  }

  /**
   * Whether passing rows lie in far lists.
   *
   * @param met of them in the nearest lists
   * @param read rows of those lists, whether they pass or not
   */
  boolean isFar(long met, long read) {
    return met < FAR_SHARE * passing * read;
  }

  /** For passing rows in far lists. */
  IvfDepth far() {
    return new IvfDepth(
        lists, (int) Math.min(Integer.MAX_VALUE, (long) rows * FAR_FACTOR), passing);
  }

  private static int wanted(int k) {
    return (int) Math.min(Integer.MAX_VALUE, (long) k * ROWS_PER_HIT);
  }

  /** The part of the lists that is read if passing rows lie everywhere. */
  double share(InvertedLists index, int accepted) {
    double byLists = (double) lists / index.count();
    return Math.min(1, Math.max(byLists, (double) rows / Math.max(1, accepted)));
  }
}
