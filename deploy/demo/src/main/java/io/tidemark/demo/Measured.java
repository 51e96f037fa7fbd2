package io.tidemark.demo;

import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the demo measures, from one client thread over loopback.
 *
 * @param recall the share of the exact 10 nearest that search found, over all queries
 * @param p50Ms median latency of a search for 10
 * @param p99Ms its 99th percentile
 * @param qps searches a second of the one thread
 * @param visibleMs median time from the start of an insert to a search that finds the row
 */
record Measured(double recall, double p50Ms, double p99Ms, double qps, double visibleMs) {
  private static final int K = 10;
  private static final int WARM_UP = 300;
  private static final int ROUNDS = 5;
  private static final int VISIBLE_ROUNDS = 20;

  /**
   * @param rows what the dictionary holds
   * @param exact over their vectors
   */
  static Measured of(Dictionary dictionary, List<Gloss> rows, Exact exact, List<float[]> queries) {
    int found = 0;
    for (float[] query : queries) {
      Set<Long> truth =
          Arrays.stream(exact.ranked(query))
              .limit(K)
              .mapToObj(row -> rows.get(row).id())
              .collect(Collectors.toSet());
      for (SearchResp.SearchResult hit :
          dictionary.nearest(query, K, ConsistencyLevel.BOUNDED, List.of())) {
        found += truth.contains((Long) hit.getId()) ? 1 : 0;
      }
    }
    for (int i = 0; i < WARM_UP; i++) {
      dictionary.nearest(queries.get(i % queries.size()), K, ConsistencyLevel.BOUNDED, List.of());
    }
    long[] nanos = new long[ROUNDS * queries.size()];
    long start = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      long from = System.nanoTime();
      dictionary.nearest(queries.get(i % queries.size()), K, ConsistencyLevel.BOUNDED, List.of());
      nanos[i] = System.nanoTime() - from;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Arrays.sort(nanos);
    return new Measured(
        found / (double) (K * queries.size()),
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        nanos.length / seconds,
        visible(dictionary, queries));
  }

  private static double visible(Dictionary dictionary, List<float[]> queries) {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < VISIBLE_ROUNDS; i++) {
      long id = -1L - i;
      float[] vector = queries.get(i);
      long from = System.nanoTime();
      dictionary.insert(List.of(new Gloss(id, "probe", "probe", 0)), List.of(vector));
      while (dictionary.nearest(vector, 1, ConsistencyLevel.STRONG, List.of()).stream()
          .noneMatch(hit -> (Long) hit.getId() == id)) {
        if (System.nanoTime() - from > 10_000_000_000L) {
          throw new IllegalStateException(
              "a row inserted 10 s ago is not found by a Strong search");
        }
      }
      nanos.add(System.nanoTime() - from);
      dictionary.delete(id);
    }
    nanos.sort(null);
    return nanos.get(nanos.size() / 2) / 1e6;
  }
}
