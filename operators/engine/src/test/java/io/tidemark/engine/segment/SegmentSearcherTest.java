package io.tidemark.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmentSearcherTest {
  private static final int FIELD = 101;
  private static final int ROWS = 100;

  /** Row r lies at r on a line, so the nearest of a query at 0 are rows 0, 1, 2, … */
  private static Segment line(Map<Integer, VectorIndex> indexes) {
    float[] data = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      data[row] = row;
    }
    long[] keys = IntStream.range(0, ROWS).asLongStream().toArray();
    LongColumn column = LongColumn.of(keys, null);
    return new Segment(
        "s1",
        "_default",
        0,
        new EntityBatch(ROWS, Map.of(100, column)),
        new long[ROWS],
        Map.of(FIELD, new FloatVectors(data, 1)),
        indexes,
        KeyLookup.of(column));
  }

  /** Finds only row 0, and says what searching it costs. */
  private static final class ShortIndex implements VectorIndex {
    private final double cost;
    private int searches;
    private boolean gaveUp;
    private boolean closed;

    ShortIndex(double cost) {
      this.cost = cost;
    }

    @Override
    public Work search(
        QueryVector query, int k, SearchParameters parameters, @Nullable BitSet accept, TopK out) {
      searches++;
      out.add(0, 0);
      return new Work(1, gaveUp);
    }

    @Override
    public IndexType type() {
      return IndexType.HNSW;
    }

    @Override
    public int size() {
      return ROWS;
    }

    @Override
    public double expectedCost(int k, SearchParameters parameters, int accepted) {
      return cost;
    }

    @Override
    public long bytes() {
      return 7;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static SegmentQuery query(int k, SearchParameters parameters, @Nullable BitSet filter) {
    return new SegmentQuery(
        FIELD, Metric.L2, new DenseQuery(new float[] {0}), k, parameters, filter);
  }

  private static int[] search(AliveSegment segment, SegmentQuery query) {
    TopK out = query.collector();
    SegmentSearcher.search(segment, query, out);
    return out.drain().ordinals();
  }

  private static BitSet bits(int from, int to) {
    BitSet bits = new BitSet();
    bits.set(from, to);
    return bits;
  }

  @Test
  void deadRowsAndRowsThatFailTheFilterAreNotFound() {
    Segment segment = line(Map.of());
    BitSet alive = bits(0, ROWS);
    alive.clear(5);
    AliveSegment seen = AliveSegment.of(segment, alive);
    assertThat(seen.aliveCount()).isEqualTo(99);
    assertThat(search(seen, query(3, SearchParameters.DEFAULT, bits(4, 50))))
        .containsExactly(4, 6, 7);
    assertThat(search(seen, query(2, SearchParameters.DEFAULT, null))).containsExactly(0, 1);
    assertThat(search(seen, query(2, SearchParameters.DEFAULT, new BitSet()))).isEmpty();
    assertThat(search(AliveSegment.all(segment), query(9, SearchParameters.DEFAULT, bits(98, 300))))
        .containsExactly(98, 99);
    assertThat(alive).as("the view's bits are left alone").isEqualTo(seen.alive());
  }

  @Test
  void theQuerysRangeHoldsEvenForAPlainCollector() {
    TopK out = new TopK(10, Metric.L2);
    SegmentSearcher.search(
        AliveSegment.all(line(Map.of())),
        query(10, new SearchParameters(Map.of(), 26, 9), null),
        out);
    assertThat(out.drain().ordinals()).containsExactly(3, 4, 5);
  }

  @Test
  void theIndexIsTakenWhereItIsCheaperAndCompletedWhereItIsShort() {
    ShortIndex cheap = new ShortIndex(50);
    AliveSegment segment = AliveSegment.all(line(Map.of(FIELD, cheap)));
    assertThat(search(segment, query(1, SearchParameters.DEFAULT, null))).containsExactly(0);
    assertThat(cheap.searches).isEqualTo(1);
    assertThat(search(segment, query(4, SearchParameters.DEFAULT, null)))
        .containsExactly(0, 1, 2, 3);
    assertThat(cheap.searches).isEqualTo(2);
    assertThat(search(segment, query(2, SearchParameters.DEFAULT, bits(10, 60))))
        .containsExactly(10, 11);
    assertThat(cheap.searches).as("50 rows pass, which cost what the index does").isEqualTo(2);
  }

  @Test
  void itSaysHowTheSegmentWasSearched() {
    ShortIndex cheap = new ShortIndex(50);
    AliveSegment all = AliveSegment.all(line(Map.of(FIELD, cheap)));
    assertThat(work(all, 1, null, false)).isEqualTo(new SegmentWork(SearchPlan.INDEX, 100, 1));
    assertThat(work(all, 1, bits(0, 60), false))
        .isEqualTo(new SegmentWork(SearchPlan.FILTERED_INDEX, 60, 1));
    assertThat(work(all, 2, bits(0, 60), false))
        .as("the index finds one, then all are scored")
        .isEqualTo(new SegmentWork(SearchPlan.COMPLETED, 60, 61));
    assertThat(work(all, 1, bits(0, 50), false))
        .isEqualTo(new SegmentWork(SearchPlan.EXACT, 50, 50));
    assertThat(work(all, 1, null, true)).isEqualTo(new SegmentWork(SearchPlan.EXACT, 100, 100));
    assertThat(work(all, 1, new BitSet(), false)).isEqualTo(SegmentWork.NONE);
  }

  @Test
  void whatAnIndexOffersBeforeItGivesUpIsThrownAway() {
    ShortIndex lost = new ShortIndex(1);
    lost.gaveUp = true;
    AliveSegment all = AliveSegment.all(line(Map.of(FIELD, lost)));
    SegmentQuery query = query(1, new SearchParameters(Map.of(), 200, 2), null);
    assertThat(search(all, query)).containsExactly(2);
    assertThat(work(all, 1, null, false).plan()).isEqualTo(SearchPlan.COMPLETED);
  }

  private static SegmentWork work(
      AliveSegment segment, int k, @Nullable BitSet filter, boolean exact) {
    SegmentQuery query =
        new SegmentQuery(
            FIELD,
            Metric.L2,
            new DenseQuery(new float[] {0}),
            k,
            SearchParameters.DEFAULT,
            filter,
            exact);
    return SegmentSearcher.search(segment, query, query.collector());
  }

  @Test
  void whoWantsHalfOfTheRowsGetsThemExactly() {
    ShortIndex free = new ShortIndex(0);
    AliveSegment segment = AliveSegment.all(line(Map.of(FIELD, free)));
    assertThat(search(segment, query(50, SearchParameters.DEFAULT, null))).hasSize(50);
    assertThat(free.searches).isZero();
  }

  @Test
  void closingTheSegmentClosesItsIndexes() {
    ShortIndex index = new ShortIndex(1);
    Segment segment = line(Map.of(FIELD, index));
    assertThat(segment.bytes()).isGreaterThan(7 + ROWS * 12L);
    segment.close();
    assertThat(index.closed).isTrue();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    AliveSegment segment = AliveSegment.all(line(Map.of()));
    SegmentQuery other =
        new SegmentQuery(
            7, Metric.L2, new DenseQuery(new float[1]), 1, SearchParameters.DEFAULT, null);
    assertThatThrownBy(() -> search(segment, other))
        .hasMessageContaining("segment s1 has no vectors of field 7, only of [101]");
    assertThatThrownBy(() ->
            SegmentSearcher.search(
                segment, query(1, SearchParameters.DEFAULT, null), new TopK(1, Metric.IP)))
        .hasMessageContaining("collector for IP");
    assertThatThrownBy(() -> new AliveSegment(line(Map.of()), null, 99))
        .hasMessageContaining("99 alive of 100 rows");
    assertThatThrownBy(() ->
            new Segment(
                "s2",
                "_default",
                0,
                new EntityBatch(0, Map.of()),
                new long[1],
                Map.of(),
                Map.of(),
                KeyLookup.of(LongColumn.of(new long[0], null))))
        .hasMessageContaining("1 timestamps for 0 rows");
  }
}
