package io.tidemark.engine.index.quantise;

/** Which rows get codes, and at which place each. Immutable; the rows are not to be written to. */
public final class CodeRows {
  private final int[] rows;
  private final int places;
  private final boolean byRow;

  private CodeRows(int[] rows, int places, boolean byRow) {
    this.rows = rows;
    this.places = places;
    this.byRow = byRow;
  }

  /** One code after another, as the rows are given: for lists, which know the rows of places. */
  public static CodeRows inOrder(int[] rows) {
    return new CodeRows(rows, rows.length, false);
  }

  /**
   * Each at its own ordinal, so that scorers are asked by rows: for graphs, whose nodes are rows. A
   * row that is not given has a place too, which says nothing.
   *
   * @param size of the segment
   */
  public static CodeRows byRow(int[] rows, int size) {
    return new CodeRows(rows, size, true);
  }

  int count() {
    return rows.length;
  }

  int row(int i) {
    return rows[i];
  }

  int place(int i) {
    return byRow ? rows[i] : i;
  }

  int places() {
    return places;
  }
}
