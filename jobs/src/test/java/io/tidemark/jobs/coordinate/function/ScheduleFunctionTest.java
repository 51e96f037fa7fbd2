package io.tidemark.jobs.coordinate.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.coordinate.record.JobRecord.State;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScheduleFunctionTest {
  private static final long HOUR_MS = 3_600_000;
  private static final Message DUE = new Message.Check("due");

  private final Told schedule =
      Told.at(ScheduleFunction.spec(CoordinatorPolicy.DEFAULTS), Functions.SCHEDULE, "nightly");

  private static Message.ScheduleSet set(long lastMs, boolean enabled, List<Long> collections) {
    return new Message.ScheduleSet(
        new Schedule(
            "nightly",
            JobKind.COMPACT,
            HOUR_MS,
            null,
            collections.isEmpty() ? List.of() : List.of("books", "films"),
            Map.of(),
            enabled),
        collections,
        lastMs);
  }

  private static List<JobRequest> asked(List<Message> sent) {
    return sent.stream().map(message -> ((Message.Ask) message).request()).toList();
  }

  @Test
  void a_new_schedule_waits_its_time_and_then_asks() {
    assertThat(schedule.tell(set(0, true, List.of()))).isEmpty();
    assertThat(schedule.remindedAfterMs()).isBetween(HOUR_MS - 60_000, HOUR_MS);
    assertThat(schedule.tell(DUE)).as("not due yet").isEmpty();
  }

  @Test
  void times_that_were_missed_are_made_up_for_once() {
    long lastMs = System.currentTimeMillis() - 10 * HOUR_MS;
    schedule.tell(set(lastMs, true, List.of()));
    assertThat(schedule.remindedAfterMs()).isZero();
    List<JobRequest> asked = asked(schedule.tell(DUE));
    assertThat(asked)
        .singleElement()
        .satisfies(request -> {
          assertThat(request.kind()).isEqualTo(JobKind.COMPACT);
          assertThat(request.collection()).isEmpty();
          assertThat(request.asker()).isEqualTo("schedule");
          assertThat(request.id()).isEqualTo("nightly-" + Long.toString(lastMs + HOUR_MS, 36));
        });
    assertThat(schedule.tell(DUE)).isEmpty();
    assertThat(schedule.remindedAfterMs()).isGreaterThan(HOUR_MS - 60_000);
  }

  @Test
  void named_collections_get_a_job_each_and_one_that_failed_is_repeated() {
    schedule.tell(set(1, true, List.of(7L, 8L)));
    List<JobRequest> asked = asked(schedule.tell(DUE));
    assertThat(asked).extracting(JobRequest::collectionId).containsExactly(7L, 8L);
    schedule.tell(new Message.Ended(asked.getFirst().id(), State.DONE, false, "", Map.of()));
    schedule.tell(new Message.Ended(asked.getLast().id(), State.FAILED, true, "why", Map.of()));
    assertThat(schedule.remindedAfterMs()).isBetween(1L, 1000L);
  }

  @Test
  void a_schedule_that_is_switched_off_asks_no_more() {
    schedule.tell(set(1, true, List.of()));
    schedule.tell(set(1, false, List.of()));
    assertThat(schedule.tell(DUE)).isEmpty();
  }
}
