package io.tidemark.serving.read.recall;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last so many measured queries of a collection, and their figures together. Thread-safe. */
public final class RecallWindow {
  /** Hits that are asked for, whatever the user wanted, so that there is one figure. */
  public static final int K = 10;

  private final int size;
  private final Deque<List<RecallFigure>> last = new ArrayDeque<>();

  /**
   * @param size queries that are remembered, from 1
   */
  public RecallWindow(int size) {
    this.size = size;
  }

  /** The figures of one query. */
  public synchronized void add(List<RecallFigure> figures) {
    if (last.size() == size) {
      last.removeFirst();
    }
    last.addLast(List.copyOf(figures));
  }

  /** Of the remembered queries; empty if there was none yet. */
  public synchronized List<RecallFigure> figures() {
    RecallTally sum = new RecallTally();
    last.forEach(sum::add);
    return sum.figures();
  }
}
