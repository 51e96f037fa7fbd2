package io.tidemark.engine.index.ivf;

/** Scores rows of lists against one query. For one thread. */
interface ListScorer {
  /** The rows to come are of this list. */
  void enter(int list);

  /**
   * Nearness, of codes about as the vectors have it.
   *
   * @param places of the rows in the lists
   * @param rows the rows themselves
   */
  void nearness(int[] places, int[] rows, int count, float[] out);

  /**
   * The same of rows that follow each other in their list.
   *
   * @param from place of the first
   */
  void nearness(int from, int[] rows, int count, float[] out);
}
