package io.tidemark.serving.read;

/**
 * How much of a collection's committed rows the index on one field covers. Rows that no index is
 * wanted for (FLAT, or too few for a segment) count as indexed: exact search serves them.
 *
 * @param totalRows committed rows, deleted ones included
 * @param indexedRows of them
 */
public record IndexProgress(long totalRows, long indexedRows) {
  public IndexProgress {
    if (indexedRows < 0 || indexedRows > totalRows) {
      throw new IllegalArgumentException(indexedRows + " rows indexed of " + totalRows);
    }
  }

  public long pendingRows() {
    return totalRows - indexedRows;
  }

  public boolean finished() {
    return indexedRows == totalRows;
  }
}
