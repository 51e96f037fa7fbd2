package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.serving.read.SearchExplanation.ExplainedSegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Searches over several segments, by how the nearest rows lie in them. */
class SegmentShareTest extends OverReadFixture {
  private static final int SEGMENTS = 5;
  private static final int ROWS = 2_500;
  private static final int K = 10;
  private static final float PLACE = 6_300.3f;

  private void load(IntFunction<LongStream> keys) throws Exception {
    for (int segment = 0; segment < SEGMENTS; segment++) {
      fixture.commit(10 * (segment + 1L), keys.apply(segment).toArray());
    }
    fixture.indexEach();
    fixture.tick(1_000);
    fixture.load();
  }

  private SearchAnswer search(SearchParameters parameters) {
    return search(parameters, K);
  }

  private SearchAnswer search(SearchParameters parameters, int k) {
    SearchCommand plain = fixture.nearest(PLACE, k, "", 1).with(false, true);
    return fixture.reads.search(
        new SearchCommand(
            plain.collection(),
            plain.fieldId(),
            plain.metric(),
            plain.queries(),
            plain.limit(),
            plain.offset(),
            parameters,
            plain.filter(),
            plain.partitions(),
            plain.outputFields(),
            plain.guaranteeTimestamp(),
            plain.ignoreGrowing(),
            plain.timeout(),
            plain.exact(),
            plain.explain()));
  }

  private static List<ExplainedSegment> segments(SearchAnswer answer) {
    return answer.explanation().orElseThrow().segments();
  }

  private static long scored(SearchAnswer answer) {
    return segments(answer).stream().mapToLong(ExplainedSegment::scored).sum();
  }

  private static List<Object> nearest() {
    return nearest(K);
  }

  private static List<Object> nearest(int k) {
    List<Long> keys = new ArrayList<>(LongStream.range(6_200, 6_400).boxed().toList());
    keys.sort((a, b) -> Float.compare(Math.abs(a - PLACE), Math.abs(b - PLACE)));
    return new ArrayList<>(keys.subList(0, k));
  }

  /** A row of the key beside others that are nearer, so that it is not among their hits. */
  private static EntityBatch farBehindOthers(long key) {
    long[] keys =
        LongStream.concat(LongStream.range(50_000, 50_000 + 2 * K), LongStream.of(key)).toArray();
    float[] vectors = new float[2 * keys.length];
    for (int i = 0; i < keys.length; i++) {
      vectors[2 * i] = keys[i] == key ? 90_000 : keys[i];
    }
    Map<Integer, Column> columns = new HashMap<>(ReadFixture.rows(keys).columns());
    columns.put(ReadFixture.VECTOR, FloatVectorColumn.of(vectors, 2, null));
    return new EntityBatch(keys.length, columns);
  }

  @Test
  void eachSegmentIsAskedForItsShare() throws Exception {
    load(segment -> LongStream.range(0, ROWS).map(i -> i * SEGMENTS + segment));
    SearchAnswer shared = search(SearchParameters.DEFAULT);
    assertThat(ReadFixture.valuesOf(shared.keys())).isEqualTo(nearest());
    assertThat(segments(shared))
        .hasSize(SEGMENTS)
        .extracting(ExplainedSegment::plans)
        .containsOnly(Map.of(SearchPlan.INDEX, 1));

    SearchAnswer whole = search(new SearchParameters(Map.of("ef", "50"), Float.NaN, Float.NaN));
    assertThat(ReadFixture.valuesOf(whole.keys())).isEqualTo(nearest());
    assertThat(scored(shared)).isLessThan(scored(whole) * 2 / 3);
  }

  @Test
  void aSegmentThatHasAllOfTheNearestIsSearchedAgain() throws Exception {
    load(segment -> LongStream.range(segment * (long) ROWS, (segment + 1L) * ROWS));
    SearchAnswer answer = search(SearchParameters.DEFAULT);
    assertThat(ReadFixture.valuesOf(answer.keys())).isEqualTo(nearest());
    assertThat(segments(answer))
        .hasSize(SEGMENTS)
        .extracting(ExplainedSegment::plans)
        .containsOnlyOnce(Map.of(SearchPlan.REPEATED, 1))
        .containsOnly(Map.of(SearchPlan.REPEATED, 1), Map.of(SearchPlan.INDEX, 1));
  }

  @Test
  void keysThatSeveralSegmentsHaveFillTheAnswerAllTheSame() throws Exception {
    load(segment -> LongStream.range(5_000 + 10L * segment, 5_000 + 10L * segment + ROWS));
    SearchAnswer answer = search(SearchParameters.DEFAULT, 100);
    assertThat(ReadFixture.valuesOf(answer.keys())).isEqualTo(nearest(100));
    assertThat(segments(answer))
        .extracting(ExplainedSegment::plans)
        .contains(Map.of(SearchPlan.REPEATED, 1));
  }

  @Test
  void anOlderRowIsNoHitHoweverFarTheNewerOneLies() throws Exception {
    load(segment -> LongStream.range(0, ROWS).map(i -> i * SEGMENTS + segment));
    fixture.insert(2_000, 0, ReadFixture.DEFAULT, false, farBehindOthers(6_300));
    fixture.tick(3_000);
    List<Object> nearest = nearest(K + 1);
    assertThat(nearest.getFirst()).isEqualTo(6_300L);
    assertThat(fixture.search(PLACE, K)).isEqualTo(nearest.subList(1, K + 1));
  }

  @Test
  void aSegmentWhoseNearestAreOlderRowsOfOthersKeysIsSearchedAgainToo() throws Exception {
    List<Object> nearest = nearest(100);
    load(segment ->
        switch (segment) {
          case 0 -> LongStream.range(5_000, 5_000 + ROWS);
          case 1 ->
              LongStream.concat(
                  nearest.subList(0, 60).stream().mapToLong(key -> (Long) key),
                  LongStream.range(100_000, 100_000 + ROWS - 60));
          default -> LongStream.range(segment * 100_000L, segment * 100_000L + ROWS);
        });
    assertThat(ReadFixture.valuesOf(search(SearchParameters.DEFAULT, 100).keys()))
        .isEqualTo(nearest);
  }
}
