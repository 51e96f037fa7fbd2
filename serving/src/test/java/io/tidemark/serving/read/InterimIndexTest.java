package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.serving.read.SearchExplanation.ExplainedSegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rows that are committed and have no index in the table yet. */
class InterimIndexTest extends OverReadFixture {
  private static final int ROWS = 4_000;
  private static final int ENOUGH = 5_000;
  private static final float PLACE = 1_000.3f;
  private static final List<Object> NEAREST = List.of(1_000L, 1_001L, 999L, 1_002L, 998L);

  private void load() throws Exception {
    fixture.commit(10, LongStream.range(0, ROWS).toArray());
    fixture.load();
    fixture.tick(20);
    assertThat(search().kind()).isEqualTo("sealed");
  }

  private ExplainedSegment search() {
    SearchAnswer answer =
        fixture.reads.search(fixture.nearest(PLACE, NEAREST.size(), "", 1).with(false, true));
    assertThat(ReadFixture.valuesOf(answer.keys())).isEqualTo(NEAREST);
    return answer.explanation().orElseThrow().segments().getFirst();
  }

  @Test
  void theyGetAnIndexInMemoryWhenSearchesHaveCostAsMuch() throws Exception {
    load();
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    long before = fixture.reads.metrics().loadedBytes();
    ExplainedSegment segment = search();
    assertThat(segment.plans()).isEqualTo(Map.of(SearchPlan.EXACT, 1));
    while (segment.plans().containsKey(SearchPlan.EXACT) && System.nanoTime() < deadline) {
      segment = search();
    }
    assertThat(segment.plans()).isEqualTo(Map.of(SearchPlan.INDEX, 1));
    assertThat(segment.scored()).isLessThan(ROWS);
    assertThat(segment.index()).as("none in the table").isEmpty();
    assertThat(fixture.reads.metrics().loadedBytes())
        .as("it takes of the memory for loaded rows")
        .isGreaterThan(before + 2 * ROWS);

    fixture.delete(30, 0, 1_000);
    fixture.tick(31);
    ReadFixture.eventually(() -> !ReadFixture.valuesOf(nearest(31).keys()).contains(1_000L));
    assertThat(ReadFixture.valuesOf(nearest(31).keys()))
        .isEqualTo(List.of(1_001L, 999L, 1_002L, 998L, 1_003L));
  }

  private SearchAnswer nearest(long guarantee) {
    return fixture.reads.search(fixture.nearest(PLACE, NEAREST.size(), "", guarantee));
  }

  @Test
  void withoutMemoryForItTheyAreScannedOn() throws Exception {
    fixture.commit(10, LongStream.range(0, ROWS).toArray());
    fixture.restart(fixture.reads.memoryNeeded(fixture.info, Set.of()) + ROWS);
    fixture.load();
    fixture.tick(20);
    for (int i = 0; i < ENOUGH; i++) {
      assertThat(search().plans()).isEqualTo(Map.of(SearchPlan.EXACT, 1));
    }
  }

  @Test
  void everyRowOfAFlatCollectionIsScoredHoweverOftenItIsSearched() throws Exception {
    IndexDefinition graph = fixture.info.indexes().getFirst();
    fixture.info =
        fixture.info.withIndexes(
            List.of(
                new IndexDefinition(
                    graph.id(),
                    graph.fieldId(),
                    graph.fieldName(),
                    graph.name(),
                    IndexType.FLAT,
                    Metric.L2,
                    Map.of())));
    load();
    for (int i = 0; i < ENOUGH; i++) {
      assertThat(search().plans()).isEqualTo(Map.of(SearchPlan.EXACT, 1));
    }
  }
}
