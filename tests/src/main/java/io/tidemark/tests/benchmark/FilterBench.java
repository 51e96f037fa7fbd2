package io.tidemark.tests.benchmark;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.KeyLookup;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentQuery;
import io.tidemark.engine.segment.SegmentSearcher;
import io.tidemark.engine.segment.SegmentWork;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.Metric;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Searches one segment as a collection's search does, planner included, under filters of several
 * shares whose rows lie anywhere, nearest to the query, or around a row far from it; recall against
 * exact search over the same rows, which is timed too. The filters are seeded.
 */
final class FilterBench {
  private static final int K = 10;
  private static final int FIELD = 1;
  private static final long SEED = 20_260_101;

  /** Where the passing rows lie. */
  private enum Where {
    ANYWHERE,
    NEAR,
    FAR
  }

  /** One kind of filter: a query's passing rows and true answer each. */
  private record Case(Where where, double percent, List<AcceptedRows> queries) {}

  private record AcceptedRows(DenseQuery query, BitSet accepted, BitSet truth) {}

  private final FloatVectors vectors;
  private final int rounds;
  private final List<Case> cases = new ArrayList<>();

  private FilterBench(FloatVectors vectors, int rounds) {
    this.vectors = vectors;
    this.rounds = rounds;
  }

  static FilterBench over(Dataset data, FloatVectors vectors, int queries, int rounds) {
    FilterBench bench = new FilterBench(vectors, rounds);
    Random random = new Random(SEED);
    Map<String, Case> all = new TreeMap<>();
    for (int q = 0; q < Math.min(queries, data.queries().length); q++) {
      DenseQuery query = new DenseQuery(data.queries()[q]);
      for (Where where : Where.values()) {
        int[] order = bench.order(query, where, random);
        for (double percent : new double[] {100, 50, 10, 1, 0.1}) {
          int count = (int) Math.round(order.length * percent / 100);
          BitSet accepted = bits(IntStream.of(order).limit(count));
          TopK exact = new TopK(K, Metric.L2);
          ExactSearch.search(vectors, query, accepted, exact);
          all.computeIfAbsent(
                  where + " " + percent, name -> new Case(where, percent, new ArrayList<>()))
              .queries()
              .add(new AcceptedRows(query, accepted, bits(IntStream.of(exact.drain().ordinals()))));
        }
      }
    }
    for (Where where : Where.values()) {
      all.values().stream()
          .filter(each -> each.where() == where)
          .filter(each -> each.percent() < 100 || where == Where.ANYWHERE)
          .sorted((a, b) -> Double.compare(b.percent(), a.percent()))
          .forEach(bench.cases::add);
    }
    return bench;
  }

  /** All rows; the first so many pass. */
  private int[] order(DenseQuery query, Where where, Random random) {
    return switch (where) {
      case ANYWHERE -> {
        int[] rows = IntStream.range(0, vectors.size()).toArray();
        for (int i = rows.length - 1; i > 0; i--) {
          int other = random.nextInt(i + 1);
          int row = rows[i];
          rows[i] = rows[other];
          rows[other] = row;
        }
        yield rows;
      }
      case NEAR -> byDistance(query);
      case FAR -> {
        int[] order = byDistance(query);
        yield byDistance(
            vectors.query(order[order.length - 1 - random.nextInt(order.length / 20)]));
      }
    };
  }

  private int[] byDistance(DenseQuery from) {
    TopK all = new TopK(vectors.size(), Metric.L2);
    ExactSearch.search(vectors, from, null, all);
    return all.drain().ordinals();
  }

  private static BitSet bits(IntStream rows) {
    BitSet bits = new BitSet();
    rows.forEach(bits::set);
    return bits;
  }

  /** One line of JSON for each kind of filter. */
  void search(IndexFamily family, VectorIndex index, PrintWriter out) {
    LongColumn keys =
        LongColumn.of(IntStream.range(0, vectors.size()).asLongStream().toArray(), null);
    Segment segment =
        new Segment(
            "bench",
            "_default",
            0,
            new EntityBatch(vectors.size(), Map.of(0, keys)),
            new long[vectors.size()],
            Map.of(FIELD, vectors),
            Map.of(FIELD, index),
            KeyLookup.of(keys));
    for (Case each : cases) {
      Measured planned = measure(segment, each, false);
      Measured exact = measure(segment, each, true);
      out.println(
          String.format(
              Locale.ROOT,
              "{\"type\":\"%s\",\"rows\":%d,\"where\":\"%s\",\"percent\":%s,\"recall\":%.4f,\"us\":%.0f,"
                  + "\"scored\":%d,\"plans\":\"%s\",\"exact_us\":%.0f}",
              family.type(),
              vectors.size(),
              each.where().name().toLowerCase(Locale.ROOT),
              each.percent(),
              planned.recall(),
              planned.micros(),
              planned.scored(),
              planned.plans(),
              exact.micros()));
      out.flush();
    }
  }

  private record Measured(double recall, double micros, long scored, String plans) {}

  private Measured measure(Segment segment, Case given, boolean exact) {
    double micros = Double.POSITIVE_INFINITY;
    long scored = 0;
    int found = 0;
    int wanted = 0;
    Map<String, Integer> plans = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      plans.clear();
      scored = 0;
      found = 0;
      wanted = 0;
      long nanos = 0;
      for (AcceptedRows one : given.queries()) {
        AliveSegment alive = AliveSegment.of(segment, one.accepted());
        SegmentQuery query =
            new SegmentQuery(
                FIELD, Metric.L2, one.query(), K, SearchParameters.DEFAULT, null, exact);
        TopK best = new TopK(K, Metric.L2);
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        SegmentWork work = SegmentSearcher.search(alive, query, best);
        nanos += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        plans.merge(work.plan().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
        scored += work.scored();
        BitSet hits = bits(IntStream.of(best.drain().ordinals()));
        hits.and(one.truth());
        found += hits.cardinality();
        wanted += one.truth().cardinality();
      }
      micros = Math.min(micros, nanos / 1e3 / given.queries().size());
    }
    return new Measured(
        (double) found / wanted, micros, scored / given.queries().size(), plans.toString());
  }
}
