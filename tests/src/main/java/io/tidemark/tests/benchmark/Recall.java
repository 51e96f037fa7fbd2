package io.tidemark.tests.benchmark;

import java.util.Arrays;

/** How much of an exact answer was found. */
public final class Recall {
  private Recall() {}

  /** How many of the rows are among the first {@code k} of the exact answer. */
  public static int found(int[] rows, int[] truth, int k) {
    int[] nearest = Arrays.stream(truth).limit(k).sorted().toArray();
    return (int) Arrays.stream(rows).filter(row -> Arrays.binarySearch(nearest, row) >= 0).count();
  }

  /** How many there are to be found; a short answer is filled up with negative numbers. */
  public static int wanted(int[] truth, int k) {
    return (int) Arrays.stream(truth).limit(k).filter(row -> row >= 0).count();
  }
}
