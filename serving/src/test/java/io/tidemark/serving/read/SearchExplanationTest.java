package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.serving.read.SearchExplanation.ExplainedSegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What searches say of themselves: how each segment was searched, and the counters. */
class SearchExplanationTest {
  private static final int SEALED = 4_000;

  @TempDir static Path folder;

  private static ReadFixture fixture;

  /** Rows 0 to 3,999 in a segment with an index, 10 more that are not committed. */
  @BeforeAll
  static void open() throws Exception {
    fixture = new ReadFixture(folder, 1);
    fixture.commit(10, LongStream.range(0, SEALED).toArray());
    fixture.index();
    fixture.load();
    fixture.insert(
        20,
        0,
        ReadFixture.DEFAULT,
        false,
        ReadFixture.rows(LongStream.range(SEALED, SEALED + 10).toArray()));
    fixture.tick(21);
    ReadFixture.eventually(() -> fixture.search(SEALED + 9, 1).equals(List.of(SEALED + 9L)));
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private SearchExplanation explain(String filter, boolean exact) {
    SearchCommand command = fixture.nearest(7, 5, filter, 1);
    SearchAnswer answer = fixture.reads.search(command.with(exact, true));
    assertThat(ReadFixture.valuesOf(answer.keys()))
        .isEqualTo(ReadFixture.valuesOf(fixture.reads.search(command).keys()));
    return answer.explanation().orElseThrow();
  }

  @Test
  void anExplainedSearchSaysHowEachSegmentWasSearched() {
    assertThat(fixture.reads.search(fixture.nearest(7, 5, "", 1)).explanation()).isEmpty();

    SearchExplanation all = explain("", false);
    assertThat(all.queries()).isEqualTo(1);
    assertThat(all.segments())
        .extracting(ExplainedSegment::kind)
        .containsExactly("sealed", "growing");
    ExplainedSegment sealed = all.segments().getFirst();
    assertThat(sealed.index()).isEqualTo("HNSW");
    assertThat(List.of(sealed.rows(), sealed.alive(), sealed.passing())).containsOnly(SEALED);
    assertThat(sealed.plans()).isEqualTo(Map.of(SearchPlan.INDEX, 1));
    assertThat(sealed.scored()).isBetween(5L, (long) SEALED);
    assertThat(sealed.nanos()).isPositive();
    ExplainedSegment growing = all.segments().getLast();
    assertThat(growing.index()).isEmpty();
    assertThat(growing.plans()).isEqualTo(Map.of(SearchPlan.EXACT, 1));
    assertThat(growing.scored()).isEqualTo(10);

    ExplainedSegment most = explain("id >= 3", false).segments().getFirst();
    assertThat(most.passing()).isEqualTo(SEALED - 3);
    assertThat(most.alive()).isEqualTo(SEALED);
    assertThat(most.plans()).isEqualTo(Map.of(SearchPlan.FILTERED_INDEX, 1));

    SearchExplanation few = explain("id < 20", false);
    assertThat(few.segments().getFirst().plans()).isEqualTo(Map.of(SearchPlan.EXACT, 1));
    assertThat(few.segments().getFirst().scored()).isEqualTo(20);
    assertThat(few.segments().getLast().plans())
        .as("no row of the growing ones passes")
        .isEqualTo(Map.of(SearchPlan.NONE, 1));

    assertThat(explain("", true).segments().getFirst().plans())
        .as("indexes are left aside")
        .isEqualTo(Map.of(SearchPlan.EXACT, 1));
    assertThat(fixture.reads.explained()).hasSizeGreaterThanOrEqualTo(4);
    ExplainedSearch newest = fixture.reads.explained().getFirst();
    assertThat(newest.collection()).isEqualTo("default.books");
    assertThat(newest.field()).isEqualTo("vec");
    assertThat(newest.explanation().segments().getFirst().scored()).isEqualTo(SEALED);
  }

  @Test
  void theCountersAddUpWhatSearchesDid() {
    ReadMetrics before = fixture.reads.metrics();
    fixture.reads.search(fixture.nearest(7, 5, "id < 20", 1));
    ReadMetrics after = fixture.reads.metrics();
    assertThat(after.scoredRows() - before.scoredRows()).isEqualTo(20);
    assertThat(after.filteredRows() - before.filteredRows()).isEqualTo(SEALED - 20 + 10);
    assertThat(after.plans())
        .containsOnlyKeys(
            SearchPlan.EXACT, SearchPlan.INDEX, SearchPlan.FILTERED_INDEX, SearchPlan.COMPLETED);
    assertThat(count(after, SearchPlan.EXACT) - count(before, SearchPlan.EXACT)).isEqualTo(1);
    assertThat(count(after, SearchPlan.INDEX)).isEqualTo(count(before, SearchPlan.INDEX));
  }

  private static long count(ReadMetrics metrics, SearchPlan plan) {
    return metrics.plans().getOrDefault(plan, 0L);
  }
}
