package io.tidemark.jobs.coordinate.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.coordinate.record.JobRecord.State;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CollectionFunctionTest {
  /** As if observed long before now; what is observed later than a job's end lies in the future. */
  private long observedMs = System.currentTimeMillis() - 1_000_000;

  private final Told collection =
      Told.at(CollectionFunction.spec(CoordinatorPolicy.DEFAULTS), Functions.COLLECTION, "7");

  private Message facts(int sealed, int open, int small, long asked, boolean committed) {
    observedMs++;
    return new Message.CollectionSeen(
        new CollectionFacts(
            7,
            "default",
            "books",
            observedMs,
            true,
            1000,
            1000,
            small,
            small,
            0,
            keys("s", sealed),
            sealed,
            keys("o", open),
            open,
            0,
            asked,
            committed));
  }

  private static List<String> keys(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static List<JobRequest> asked(List<Message> sent) {
    return sent.stream()
        .filter(message -> message instanceof Message.Ask)
        .map(message -> ((Message.Ask) message).request())
        .toList();
  }

  private Message ended(JobRequest request, State state, boolean retriable) {
    return new Message.Ended(request.id(), state, retriable, "why", Map.of());
  }

  @Test
  void sealed_segments_ask_for_one_job_at_a_time() {
    List<JobRequest> first = asked(collection.tell(facts(1, 1, 0, 0, false)));
    assertThat(first)
        .singleElement()
        .satisfies(request -> {
          assertThat(request.kind()).isEqualTo(JobKind.INDEX);
          assertThat(request.flag("force")).isFalse();
          assertThat(request.option("segment-rows")).contains("100000");
        });
    assertThat(asked(collection.tell(facts(2, 1, 0, 0, false)))).isEmpty();
    assertThat(asked(collection.tell(ended(first.getFirst(), State.DONE, false)))).isEmpty();
    assertThat(asked(collection.tell(facts(1, 1, 0, 0, false))))
        .as("seen before the job ended")
        .isEmpty();
    observedMs += 2_000_000;
    assertThat(asked(collection.tell(facts(1, 1, 0, 0, false)))).hasSize(1);
  }

  @Test
  void a_flush_forces_an_index_once_it_is_committed_and_only_once() {
    assertThat(asked(collection.tell(facts(0, 2, 0, 50, false)))).isEmpty();
    List<JobRequest> forced = asked(collection.tell(facts(0, 2, 0, 50, true)));
    assertThat(forced).singleElement().satisfies(r -> assertThat(r.flag("force")).isTrue());
    collection.tell(ended(forced.getFirst(), State.DONE, false));
    observedMs += 2_000_000;
    assertThat(asked(collection.tell(facts(0, 3, 0, 50, true)))).isEmpty();
    assertThat(asked(collection.tell(facts(0, 3, 0, 60, true)))).hasSize(1);
  }

  @Test
  void what_failed_is_asked_for_again_after_pauses_that_double_up_to_a_bound() {
    JobRequest request = asked(collection.tell(facts(1, 0, 0, 0, false))).getFirst();
    collection.tell(ended(request, State.FAILED, true));
    observedMs += 2_000_000;
    assertThat(asked(collection.tell(facts(1, 0, 0, 0, false))))
        .as("newer facts do not end a pause")
        .isEmpty();
    assertThat(collection.remindedAfterMs()).isBetween(1L, 1000L);
  }

  @Test
  void many_small_files_ask_for_a_compaction_and_again_when_as_many_have_come() {
    assertThat(asked(collection.tell(facts(0, 0, 15, 0, false)))).isEmpty();
    JobRequest request = asked(collection.tell(facts(0, 0, 16, 0, false))).getFirst();
    assertThat(request.kind()).isEqualTo(JobKind.COMPACT);
    collection.tell(ended(request, State.FAILED, false));
    observedMs += 2_000_000;
    assertThat(asked(collection.tell(facts(0, 0, 20, 0, false))))
        .as("it could not be done, so it waits for more")
        .isEmpty();
  }

  @Test
  void a_dropped_collection_withdraws_what_it_asked_for_and_forgets() {
    JobRequest request = asked(collection.tell(facts(1, 0, 0, 0, false))).getFirst();
    assertThat(collection.tell(new Message.CollectionGone(7)))
        .containsExactly(new Message.Withdraw(7));
    assertThat(collection.tell(ended(request, State.CANCELLED, false))).isEmpty();
  }

  @Test
  void who_waits_for_long_asks_again_for_the_same() {
    JobRequest request = asked(collection.tell(facts(1, 0, 0, 0, false))).getFirst();
    assertThat(asked(collection.tell(new Message.Check("pending")))).containsExactly(request);
  }
}
