package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.read.SearchExplanation.ExplainedSegment;
import io.tidemark.serving.read.recall.RecallFigure;
import io.tidemark.serving.read.recall.RecallReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
            SearchPlan.EXACT,
            SearchPlan.INDEX,
            SearchPlan.FILTERED_INDEX,
            SearchPlan.COMPLETED,
            SearchPlan.REPEATED);
    assertThat(count(after, SearchPlan.EXACT) - count(before, SearchPlan.EXACT)).isEqualTo(1);
    assertThat(count(after, SearchPlan.INDEX)).isEqualTo(count(before, SearchPlan.INDEX));
  }

  @Test
  void recallIsMeasuredByKindOfSegment() {
    RecallReport report = fixture.reads.recall(request(40, "", 5));
    assertThat(report.queries()).isEqualTo(40);
    assertThat(report.rows()).isEqualTo(SEALED + 10);
    assertThat(report.figures()).extracting(RecallFigure::kind).contains("HNSW").endsWith("total");
    RecallFigure total = report.figures().getLast();
    assertThat(total.queries()).isEqualTo(40);
    assertThat(total.wanted()).as("each left out of its own answer").isEqualTo(40 * 5);
    assertThat(total.recall()).isGreaterThan(0.95);
    assertThat(fixture.reads.recall(request(40, "", 5)).figures())
        .as("the same seed asks for the same rows")
        .isEqualTo(report.figures());

    List<RecallFigure> growing = fixture.reads.recall(request(10_000, "id >= 4000", 5)).figures();
    assertThat(growing).extracting(RecallFigure::kind).containsExactly("growing", "total");
    assertThat(growing.getFirst().recall()).isEqualTo(1);
    assertThat(fixture.reads.recall(request(3, "id < 0", 5)).figures()).isEmpty();
  }

  @Test
  void whatRecallCannotBeMeasuredOfIsRefused() {
    assertThatThrownBy(() -> request(0, "", 5)).hasMessageContaining("queries is 0");
    assertThatThrownBy(() -> request(1, "", 5_000)).hasMessageContaining("k is 5000");
    assertThatThrownBy(() -> fixture.reads.recall(request(1, "nonsense ==", 5)))
        .isInstanceOf(TidemarkException.class);
    RecallRequest title = new RecallRequest(fixture.info, "title", 5, 1, 1, "", Map.of());
    assertThatThrownBy(() -> fixture.reads.recall(title))
        .hasMessageContaining("'title' is no vector field of 'books', give one of [vec]");
    RecallRequest beyond = new RecallRequest(fixture.info, "", 5, 1, 1, "", Map.of("ef", "0"));
    assertThatThrownBy(() -> fixture.reads.recall(beyond)).hasMessageContaining("ef");
  }

  @Test
  void usersSearchesAreComparedInTheBackground() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (fixture.reads.sampledRecall(fixture.info.id()).isEmpty()
        && System.nanoTime() < deadline) {
      fixture.search(7, 3);
      Thread.sleep(20);
    }
    RecallFigure total = fixture.reads.sampledRecall(fixture.info.id()).getLast();
    assertThat(total.kind()).isEqualTo(RecallFigure.TOTAL);
    assertThat(total.wanted()).isEqualTo(10 * total.queries());
    assertThat(total.recall()).isGreaterThan(0.5);
  }

  private static RecallRequest request(int queries, String filter, int k) {
    return new RecallRequest(fixture.info, "", k, queries, 1, filter, Map.of());
  }

  private static long count(ReadMetrics metrics, SearchPlan plan) {
    return metrics.plans().getOrDefault(plan, 0L);
  }
}
