package io.tidemark.engine.index.sparse;

import java.io.IOException;

/**
 * How lists are searched, by Milvus's names.
 *
 * <p>Both of DAAT, "document at a time", are one search here: it leaves out what cannot reach the
 * hits so far. TAAT_NAIVE, "term at a time", adds up every list of the query.
 */
enum Algorithm {
  DAAT_MAXSCORE(0),
  DAAT_WAND(1),
  TAAT_NAIVE(2);

  private final int number;

  Algorithm(int number) {
    this.number = number;
  }

  /** In index files. */
  int number() {
    return number;
  }

  /**
   * @throws IOException if none has it
   */
  static Algorithm ofNumber(int number) throws IOException {
    for (Algorithm algorithm : values()) {
      if (algorithm.number == number) {
        return algorithm;
      }
    }
    throw new IOException("sparse lists are for an algorithm of number " + number);
  }
}
