package io.tidemark.tests.benchmark.peers;

import java.io.IOException;

/** One library's index over a dataset and one way to search it. Not thread-safe. */
interface Peer extends AutoCloseable {
  /** Hits wanted of each search. */
  int K = 10;

  /**
   * The nearest rows, by their places in the dataset.
   *
   * @param query as {@link PeerData#queries()} has it
   * @param effort candidates that the walk keeps, at least {@link #K}
   * @param percent only rows whose {@code attr} is below this; 100 for no filter
   */
  int[] search(float[] query, int effort, int percent) throws IOException;

  /** All that searches read, vectors included, on the heap or mapped. */
  long bytes();

  @Override
  void close() throws IOException;
}
