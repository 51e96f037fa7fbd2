package io.tidemark.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.SharedGraphs;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No filter makes recall fall, whatever share of the rows passes and wherever they lie; for every
 * family at its defaults, with its index taken wherever there is a choice. Exact search is the
 * oracle.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilteredRecallTest {
  private static final int ROWS = 10_000;
  private static final int DIMENSION = 24;
  private static final int K = 10;
  private static final int QUERIES = 30;
  private static final int FIELD = 101;

  private final long seed = Long.getLong("seed", 20_260_101);
  private final Random random = new Random(seed);
  private final FloatVectors vectors = clustered();
  private final List<Case> cases = new ArrayList<>();

  @TempDir static Path folder;

  /** Where the passing rows lie, seen from the query. */
  private enum Passing {
    ANYWHERE,
    NEAREST,
    /** Around a row that is far away. */
    FAR,
    /** On the other side of a plane. */
    BEYOND
  }

  /** Free, so that the planner takes it wherever there is a choice. */
  private record Free(VectorIndex index) implements VectorIndex {
    @Override
    public Work search(
        QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
      return index.search(query, k, parameters, accept, out);
    }

    @Override
    public IndexType type() {
      return index.type();
    }

    @Override
    public int size() {
      return index.size();
    }

    @Override
    public double expectedCost(int k, SearchParameters parameters, int accepted) {
      return 0;
    }

    @Override
    public long bytes() {
      return index.bytes();
    }

    @Override
    public void close() {
      index.close();
    }
  }

  /** Some queries, each with its own filter of one kind, and their true answers. */
  private record Case(
      Passing passing,
      int perMille,
      List<DenseQuery> queries,
      List<BitSet> accepted,
      List<BitSet> truth) {}

  @BeforeAll
  void makeCases() {
    for (Passing passing : Passing.values()) {
      for (int perMille : new int[] {500, 100, 10, 1}) {
        cases.add(
            new Case(passing, perMille, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
      }
    }
    for (int q = 0; q < QUERIES; q++) {
      float[] moved = vectors.vector(random.nextInt(ROWS));
      for (int i = 0; i < DIMENSION; i++) {
        moved[i] += (float) (0.3 * random.nextGaussian());
      }
      DenseQuery query = new DenseQuery(moved);
      for (Passing passing : Passing.values()) {
        int[] order = order(query, passing);
        for (Case each : cases) {
          if (each.passing() == passing) {
            BitSet accepted = bits(IntStream.of(order).limit(ROWS * each.perMille() / 1000));
            TopK exact = new TopK(K, Metric.L2);
            ExactSearch.search(vectors, query, accepted, exact);
            each.queries().add(query);
            each.accepted().add(accepted);
            each.truth().add(bits(IntStream.of(exact.drain().ordinals())));
          }
        }
      }
    }
  }

  /** All rows; the first so many pass. */
  private int[] order(DenseQuery query, Passing passing) {
    return switch (passing) {
      case ANYWHERE -> {
        List<Integer> rows = new ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
        Collections.shuffle(rows, random);
        yield rows.stream().mapToInt(row -> row).toArray();
      }
      case NEAREST -> sorted(query, Metric.L2);
      case FAR -> {
        int[] order = sorted(query, Metric.L2);
        yield sorted(vectors.query(order[ROWS - 1 - random.nextInt(ROWS / 20)]), Metric.L2);
      }
      case BEYOND -> {
        float[] towards = vectors.vector(random.nextInt(ROWS));
        for (int i = 0; i < DIMENSION; i++) {
          towards[i] -= query.values()[i];
        }
        yield sorted(new DenseQuery(towards), Metric.IP);
      }
    };
  }

  private int[] sorted(DenseQuery query, Metric metric) {
    TopK all = new TopK(ROWS, metric);
    ExactSearch.search(vectors, query, null, all);
    return all.drain().ordinals();
  }

  private static BitSet bits(IntStream rows) {
    BitSet bits = new BitSet();
    rows.forEach(bits::set);
    return bits;
  }

  /** All but AUTOINDEX, which is HNSW with its defaults. */
  static Stream<IndexType> types() {
    return IndexFamilies.all().stream()
        .filter(family -> family.type().builds() && family.type() != IndexType.AUTOINDEX)
        .filter(family -> family.metrics(DataType.FLOAT_VECTOR).contains(Metric.L2))
        .map(IndexFamily::type);
  }

  @ParameterizedTest
  @MethodSource("types")
  void noFilterMakesRecallFall(IndexType type) throws Exception {
    try (VectorIndex index = build(type)) {
      Segment eager = segment(new Free(index));
      Segment planned = segment(index);
      for (Case each : cases) {
        String what =
            "%s, %s, %d ‰ pass, seed %d".formatted(type, each.passing(), each.perMille(), seed);
        assertThat(recall(planned, each)).as(what).isGreaterThanOrEqualTo(0.95);
        if (each.perMille() >= 100) {
          assertThat(recall(eager, each)).as("%s, by the index", what).isGreaterThanOrEqualTo(0.95);
        }
      }
    }
  }

  private static double recall(Segment segment, Case given) {
    int found = 0;
    int wanted = 0;
    for (int q = 0; q < QUERIES; q++) {
      TopK out = new TopK(K, Metric.L2);
      SegmentWork work =
          SegmentSearcher.search(
              AliveSegment.of(segment, given.accepted().get(q)),
              new SegmentQuery(
                  FIELD, Metric.L2, given.queries().get(q), K, SearchParameters.DEFAULT, null),
              out);
      assertThat(work.passing()).isEqualTo(given.accepted().get(q).cardinality());
      BitSet hits = bits(IntStream.of(out.drain().ordinals()));
      wanted += given.truth().get(q).cardinality();
      hits.and(given.truth().get(q));
      found += hits.cardinality();
    }
    return (double) found / wanted;
  }

  private VectorIndex build(IndexType type) throws Exception {
    IndexFamily family = IndexFamilies.of(type);
    BitSet all = new BitSet();
    all.set(0, ROWS);
    IndexDefinition definition = new IndexDefinition(1, FIELD, "v", "i", type, Metric.L2, Map.of());
    BuiltIndex built =
        family.build(
            new IndexSource(vectors, all, definition, 1, SharedGraphs.INSTANCE), done -> {});
    Path file = folder.resolve(type.name());
    long bytes = built.writeTo(file, 0);
    return family.open(new IndexBlob(file, 0, bytes, built.properties()), vectors, Metric.L2);
  }

  private Segment segment(VectorIndex index) {
    LongColumn keys = LongColumn.of(IntStream.range(0, ROWS).asLongStream().toArray(), null);
    return new Segment(
        "s",
        "_default",
        0,
        new EntityBatch(ROWS, Map.of(100, keys)),
        new long[ROWS],
        Map.of(FIELD, vectors),
        Map.of(FIELD, index),
        KeyLookup.of(keys));
  }

  /** Clusters of different sizes and widths, that touch. */
  private FloatVectors clustered() {
    float[] data = new float[ROWS * DIMENSION];
    float[][] centres = new float[60][DIMENSION];
    for (float[] centre : centres) {
      for (int i = 0; i < DIMENSION; i++) {
        centre[i] = (float) random.nextGaussian();
      }
    }
    for (int row = 0; row < ROWS; row++) {
      int cluster = Math.min(random.nextInt(60), random.nextInt(60));
      double width = 0.3 + 0.5 * cluster / 60;
      for (int i = 0; i < DIMENSION; i++) {
        data[row * DIMENSION + i] = centres[cluster][i] + (float) (width * random.nextGaussian());
      }
    }
    return new FloatVectors(data, DIMENSION);
  }
}
