package io.tidemark.jobs.coordinate.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.coordinate.record.JobRecord.State;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotsFunctionTest {
  private Told slots = slots(1);

  private static Told slots(int jobs) {
    return Told.at(
        SlotsFunction.spec(CoordinatorPolicy.DEFAULTS.withJobsAtOnce(jobs)),
        Functions.SLOTS,
        Functions.ALL);
  }

  private void ask(String id, @Nullable Long collection, String asker) {
    ask(id, JobKind.COMPACT, collection, asker);
  }

  private void ask(String id, JobKind kind, @Nullable Long collection, String asker) {
    slots.tell(new Message.Ask(new JobRequest(id, kind, collection, Map.of(), asker)));
  }

  private void end(String id) {
    slots.tell(new Message.Ended(id, State.DONE, false, "", Map.of()));
  }

  private List<String> launched() {
    return slots.orders().stream()
        .filter(order -> order instanceof JobOrder.Launch)
        .map(order -> order.request().id())
        .toList();
  }

  @Test
  void as_many_run_as_may_users_first_and_else_in_order() {
    ask("a", 1L, "coordinator");
    ask("b", 2L, "coordinator");
    ask("c", 3L, "schedule");
    ask("d", 4L, "user");
    ask("e", 5L, "user");
    assertThat(launched()).containsExactly("a");
    List.of("a", "d", "e", "b", "c").forEach(this::end);
    assertThat(launched()).containsExactly("a", "d", "e", "b", "c");
  }

  @Test
  void two_jobs_never_touch_one_collection_and_one_on_all_is_not_overtaken() {
    slots = slots(3);
    ask("a", 1L, "coordinator");
    ask("b", 1L, "coordinator");
    ask("c", 2L, "coordinator");
    ask("all", null, "coordinator");
    ask("d", 3L, "coordinator");
    assertThat(launched()).containsExactly("a", "c");
    end("a");
    end("c");
    assertThat(launched()).containsExactly("a", "c", "b");
    end("b");
    assertThat(launched()).containsExactly("a", "c", "b", "all");
    end("all");
    assertThat(launched()).containsExactly("a", "c", "b", "all", "d");
  }

  @Test
  void one_index_build_may_run_beside_other_work_on_other_collections() {
    ask("reindex", JobKind.REINDEX, 1L, "user");
    ask("same", JobKind.INDEX, 1L, "coordinator");
    ask("first", JobKind.INDEX, 2L, "coordinator");
    ask("second", JobKind.INDEX, 3L, "coordinator");
    ask("compact", JobKind.COMPACT, 4L, "coordinator");
    assertThat(launched()).containsExactly("reindex", "first");
    end("first");
    assertThat(launched()).containsExactly("reindex", "first", "second");
    end("reindex");
    assertThat(launched()).containsExactly("reindex", "first", "second");
    end("second");
    end("same");
    assertThat(launched()).containsExactly("reindex", "first", "second", "same", "compact");
  }

  @Test
  void a_message_that_comes_twice_changes_nothing() {
    ask("a", 1L, "user");
    ask("a", 1L, "user");
    end("a");
    end("a");
    ask("a", 1L, "user");
    assertThat(launched()).containsExactly("a");
  }

  @Test
  void a_new_launcher_is_asked_again_for_what_runs() {
    ask("a", 1L, "user");
    ask("b", 2L, "user");
    slots.tell(new Message.LauncherUp("x"));
    assertThat(launched()).containsExactly("a", "a");
  }

  @Test
  void with_a_collection_goes_what_waits_or_runs_for_it() {
    ask("a", 1L, "user");
    ask("b", 1L, "coordinator");
    ask("c", 2L, "coordinator");
    slots.tell(new Message.Withdraw(1));
    assertThat(slots.orders())
        .filteredOn(order -> order instanceof JobOrder.Stop)
        .extracting(order -> order.request().id())
        .containsExactlyInAnyOrder("a", "b");
    assertThat(launched()).as("the running one has not stopped yet").containsExactly("a");
    slots.tell(new Message.Ended("a", State.CANCELLED, false, "", Map.of()));
    assertThat(launched()).containsExactly("a", "c");
  }
}
