package io.tidemark.tests.benchmark.peers;

/** What is compared. */
enum PeerKind {
  /** A sealed segment as a collection's search has it, planner and filter included. */
  TIDEMARK("tidemark", "autoindex"),
  /** The same rows, filters evaluated for each search. */
  TIDEMARK_UNCACHED("tidemark", "autoindex-uncached"),
  /** A graph on the heap, scored by the vectors themselves. */
  JVECTOR("jvector", "floats"),
  /** The same graph in a file, walked by product codes beside the edges, hits scored again. */
  JVECTOR_FUSED("jvector", "fused-pq"),
  /** What {@code KnnFloatVectorQuery} does with everything at its default. */
  LUCENE("lucene", "floats"),
  /** The same index, filters evaluated for each search. */
  LUCENE_UNCACHED("lucene", "floats-uncached"),
  /** Scalar-quantised vectors, hits scored again by the full ones. */
  LUCENE_BYTES("lucene", "bytes");

  private final String engine;
  private final String variant;

  PeerKind(String engine, String variant) {
    this.engine = engine;
    this.variant = variant;
  }

  String engine() {
    return engine;
  }

  String variant() {
    return variant;
  }

  @Override
  public String toString() {
    return engine + "/" + variant;
  }
}
