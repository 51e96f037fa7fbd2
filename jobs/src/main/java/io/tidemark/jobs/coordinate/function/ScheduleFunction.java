package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.ScheduleState;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.control.ControlKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;

/**
 * Asks for a job by the clock. However many times were missed, it asks once; while its jobs still
 * run, the next time is passed over. A request's id has the time it was due, so that one time never
 * gives two runs. A run that failed and may work later is repeated after a pause that doubles, but
 * never beyond the next time.
 */
final class ScheduleFunction implements StatefulFunction {
  private static final ValueSpec<ScheduleMemory> MEMORY =
      ValueSpec.named("schedule").withCustomType(ScheduleMemory.TYPE);
  private static final String DUE = "due";

  private final CoordinatorPolicy policy;

  private ScheduleFunction(CoordinatorPolicy policy) {
    this.policy = policy;
  }

  static StatefulFunctionSpec spec(CoordinatorPolicy policy) {
    return StatefulFunctionSpec.builder(Functions.SCHEDULE)
        .withValueSpec(MEMORY)
        .withSupplier(() -> new ScheduleFunction(policy))
        .build();
  }

  @Override
  public CompletableFuture<Void> apply(
      Context context, org.apache.flink.statefun.sdk.java.message.Message argument) {
    long nowMs = System.currentTimeMillis();
    Outbox outbox = new Outbox(context);
    Optional<ScheduleMemory> memory = context.storage().get(MEMORY);
    Optional<ScheduleMemory> next =
        switch (argument.as(Message.TYPE)) {
          case Message.ScheduleSet set -> set(memory, set, nowMs);
          case Message.Check check -> memory.map(known -> run(known, outbox, nowMs));
          case Message.Ended ended -> memory.map(known -> ended(known, ended, nowMs));
          case Message.Started started -> memory;
          case Message.Ask other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.Cancel other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.Withdraw other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.LauncherUp other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.CollectionSeen other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.CollectionGone other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.SegmentSeen other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.Indexing other -> throw Misdirected.of(other, Functions.SCHEDULE);
          case Message.ChannelSeen other -> throw Misdirected.of(other, Functions.SCHEDULE);
        };
    if (next.isEmpty()) {
      outbox.forget(DUE);
      outbox.hide(ControlKeys.SCHEDULE_STATE + context.self().id());
      context.storage().remove(MEMORY);
    } else if (!next.equals(memory)) {
      context.storage().set(MEMORY, next.get());
      outbox.show(ControlKeys.SCHEDULE_STATE + context.self().id(), state(next.get()));
      outbox.remind(
          DUE, Duration.ofMillis(Math.max(0, next.get().nextMs() - nowMs)), new Message.Check(DUE));
    }
    return context.done();
  }

  private static Optional<ScheduleMemory> set(
      Optional<ScheduleMemory> memory, Message.ScheduleSet set, long nowMs) {
    Schedule schedule = set.schedule();
    if (schedule == null || !schedule.enabled()) {
      return Optional.empty();
    }
    if (memory.isPresent() && memory.get().schedule().equals(schedule)) {
      return Optional.of(memory.get().with(schedule, set.collectionIds(), memory.get().nextMs()));
    }
    long lastMs = Math.max(set.lastMs(), memory.map(ScheduleMemory::lastMs).orElse(0L));
    long from = lastMs == 0 ? nowMs : lastMs;
    ScheduleMemory known =
        memory.orElseGet(
            () -> new ScheduleMemory(schedule, List.of(), from, 0, 0, List.of(), 0, ""));
    return Optional.of(known.with(schedule, set.collectionIds(), schedule.nextMs(from)));
  }

  private static ScheduleMemory run(ScheduleMemory memory, Outbox outbox, long nowMs) {
    if (nowMs < memory.nextMs()) {
      return memory;
    }
    Schedule schedule = memory.schedule();
    // Times that were missed are made up for by this one.
    long dueMs = memory.nextMs();
    long nextMs = schedule.nextMs(schedule.at() == null ? nowMs : Math.max(dueMs, nowMs));
    if (!memory.running().isEmpty()) {
      memory.running().forEach(id -> askAgain(memory, id, outbox));
      return memory.with(schedule, memory.collectionIds(), nextMs);
    }
    List<String> requests = new ArrayList<>();
    for (JobRequest request : requests(memory, dueMs)) {
      requests.add(request.id());
      outbox.send(Functions.SLOTS, Functions.ALL, new Message.Ask(request));
    }
    return memory.ran(requests, dueMs, nextMs);
  }

  /** In case slots never heard of it, or its end was lost. */
  private static void askAgain(ScheduleMemory memory, String requestId, Outbox outbox) {
    requests(memory, memory.lastMs()).stream()
        .filter(request -> request.id().equals(requestId))
        .forEach(request -> outbox.send(Functions.SLOTS, Functions.ALL, new Message.Ask(request)));
  }

  private static List<JobRequest> requests(ScheduleMemory memory, long dueMs) {
    Schedule schedule = memory.schedule();
    String id = schedule.name() + "-" + Long.toString(dueMs, 36);
    if (schedule.collections().isEmpty()) {
      return List.of(new JobRequest(id, schedule.kind(), null, schedule.options(), "schedule"));
    }
    return memory.collectionIds().stream()
        .map(collection ->
            new JobRequest(
                id + "-" + collection, schedule.kind(), collection, schedule.options(), "schedule"))
        .toList();
  }

  private ScheduleMemory ended(ScheduleMemory memory, Message.Ended ended, long nowMs) {
    if (!memory.running().contains(ended.requestId())) {
      return memory;
    }
    if (ended.state() == JobRecord.State.DONE) {
      return memory.ended(ended.requestId(), "", 0);
    }
    ScheduleMemory failed = memory.ended(ended.requestId(), ended.message(), memory.failures() + 1);
    if (!ended.retriable()) {
      return failed;
    }
    long pauseMs =
        Math.min(
            policy.retryMax().toMillis(),
            policy.retryFirst().toMillis() << Math.min(20, memory.failures()));
    return failed.with(
        failed.schedule(), failed.collectionIds(), Math.min(failed.nextMs(), nowMs + pauseMs));
  }

  private static ScheduleState state(ScheduleMemory memory) {
    return new ScheduleState(
        memory.schedule().name(),
        memory.schedule().kind().command(),
        memory.lastMs(),
        memory.nextMs(),
        memory.runs(),
        memory.failures(),
        memory.message());
  }
}
