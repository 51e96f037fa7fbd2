package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.function.CollectionMemory.Pending;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.model.control.ControlKeys;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.jspecify.annotations.Nullable;

/**
 * Decides which job a collection needs, asks slots for one at a time and hears how it ended. What
 * failed is asked for again after a pause that doubles up to a bound; facts decide, so a job that
 * is no longer needed is not.
 */
final class CollectionFunction implements StatefulFunction {
  private static final ValueSpec<CollectionMemory> MEMORY =
      ValueSpec.named("collection").withCustomType(CollectionMemory.TYPE);
  private static final String DECIDE = "decide";
  private static final String PENDING = "pending";

  /** Within this the observer has usually seen what a job changed. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final CoordinatorPolicy policy;

  private CollectionFunction(CoordinatorPolicy policy) {
    this.policy = policy;
  }

  static StatefulFunctionSpec spec(CoordinatorPolicy policy) {
    return StatefulFunctionSpec.builder(Functions.COLLECTION)
        .withValueSpec(MEMORY)
        .withSupplier(() -> new CollectionFunction(policy))
        .build();
  }

  @Override
  public CompletableFuture<Void> apply(
      Context context, org.apache.flink.statefun.sdk.java.message.Message argument) {
    long nowMs = System.currentTimeMillis();
    Outbox outbox = new Outbox(context);
    Optional<CollectionMemory> memory = context.storage().get(MEMORY);
    Message message = argument.as(Message.TYPE);
    CollectionMemory taken = take(memory.orElse(null), message, context, outbox, nowMs);
    if (taken == null) {
      return context.done();
    }
    CollectionMemory decided = decide(taken, outbox, nowMs);
    if (memory.isEmpty() || !decided.equals(memory.get())) {
      context.storage().set(MEMORY, decided);
      outbox.show(ControlKeys.COLLECTION_STATE + context.self().id(), decided.state());
    }
    return context.done();
  }

  /** Null where there is nothing left to decide on. */
  private @Nullable CollectionMemory take(
      @Nullable CollectionMemory memory,
      Message message,
      Context context,
      Outbox outbox,
      long nowMs) {
    return switch (message) {
      case Message.CollectionSeen seen -> seen(memory, seen.facts(), nowMs);
      case Message.CollectionGone gone -> {
        forget(memory, gone, context, outbox);
        yield null;
      }
      case Message.Started started -> started(memory, started, outbox, nowMs);
      case Message.Ended ended -> ended(memory, ended, outbox, nowMs);
      case Message.Check check -> check(memory, check, outbox);
      case Message.Ask other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.Cancel other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.Withdraw other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.LauncherUp other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.SegmentSeen other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.Indexing other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.ChannelSeen other -> throw Misdirected.of(other, Functions.COLLECTION);
      case Message.ScheduleSet other -> throw Misdirected.of(other, Functions.COLLECTION);
    };
  }

  private static CollectionMemory seen(
      @Nullable CollectionMemory memory, CollectionFacts facts, long nowMs) {
    if (memory == null) {
      return CollectionMemory.of(facts, nowMs);
    }
    return memory
        .withFacts(facts)
        .withBaseline(
            Math.min(memory.compactedFiles(), facts.smallFiles()),
            Math.min(memory.compactedDeletes(), facts.deleteFiles()));
  }

  private static void forget(
      @Nullable CollectionMemory memory,
      Message.CollectionGone gone,
      Context context,
      Outbox outbox) {
    outbox.send(Functions.SLOTS, Functions.ALL, new Message.Withdraw(gone.collectionId()));
    outbox.forget(DECIDE);
    outbox.forget(PENDING);
    outbox.hide(ControlKeys.COLLECTION_STATE + context.self().id());
    if (memory != null) {
      context.storage().remove(MEMORY);
    }
  }

  private static @Nullable CollectionMemory started(
      @Nullable CollectionMemory memory, Message.Started started, Outbox outbox, long nowMs) {
    Pending job = pending(memory, started.requestId());
    if (memory == null || job == null || job.running()) {
      return memory;
    }
    indexing(memory, job, true, outbox);
    return memory.started(job, nowMs);
  }

  private @Nullable CollectionMemory ended(
      @Nullable CollectionMemory memory, Message.Ended ended, Outbox outbox, long nowMs) {
    Pending job = pending(memory, ended.requestId());
    if (memory == null || job == null) {
      return memory;
    }
    outbox.forget(PENDING);
    indexing(memory, job, false, outbox);
    boolean compaction = job.request().kind() == JobKind.COMPACT;
    // A compaction that cannot be done is not asked for again until there is more to compact.
    boolean over = ended.state() == JobRecord.State.DONE || !ended.retriable();
    CollectionMemory known = compaction && over ? memory.compacted(nowMs) : memory;
    if (ended.state() == JobRecord.State.DONE) {
      long settleMs =
          Math.min(policy.retryMax().toMillis(), doubled(SETTLE.toMillis(), known.repeats()));
      return known.done(Math.max(known.builtAsked(), job.asked()), settleMs, nowMs);
    }
    long pauseMs =
        Math.min(
            policy.retryMax().toMillis(),
            doubled(policy.retryFirst().toMillis(), known.failures()));
    return known.failed(ended.message(), pauseMs, nowMs);
  }

  private static long doubled(long ms, int times) {
    return ms << Math.min(times, 20);
  }

  private static @Nullable CollectionMemory check(
      @Nullable CollectionMemory memory, Message.Check check, Outbox outbox) {
    Pending job = memory == null ? null : memory.pending();
    if (job != null && check.about().equals(PENDING)) {
      ask(job, outbox);
    }
    return memory;
  }

  private static void ask(Pending job, Outbox outbox) {
    outbox.send(Functions.SLOTS, Functions.ALL, new Message.Ask(job.request()));
  }

  private static @Nullable Pending pending(@Nullable CollectionMemory memory, String requestId) {
    Pending job = memory == null ? null : memory.pending();
    return job != null && job.request().id().equals(requestId) ? job : null;
  }

  private static void indexing(
      CollectionMemory memory, Pending job, boolean running, Outbox outbox) {
    if (job.request().kind() != JobKind.INDEX) {
      return;
    }
    Stream<String> keys =
        job.request().flag("force")
            ? Stream.concat(memory.facts().sealed().stream(), memory.facts().open().stream())
            : memory.facts().sealed().stream();
    keys.forEach(key ->
        outbox.send(
            Functions.SEGMENT,
            memory.facts().collectionId() + "/" + key,
            new Message.Indexing(running)));
  }

  private CollectionMemory decide(CollectionMemory memory, Outbox outbox, long nowMs) {
    CollectionMemory known = memory;
    Pending waiting = known.pending();
    if (waiting != null) {
      outbox.remind(PENDING, policy.checkEvery(), new Message.Check(PENDING));
      return known;
    }
    if (CollectionDecision.forced(known)
        && known.facts().sealedSegments() + known.facts().openSegments() == 0) {
      known = known.withBuilt(known.facts().asked());
    }
    Optional<CollectionDecision> decision = CollectionDecision.of(known, policy, nowMs);
    if (decision.isEmpty()) {
      return known;
    }
    if (!known.mayAsk(nowMs)) {
      outbox.remind(
          DECIDE,
          Duration.ofMillis(Math.max(1, known.waitUntilMs() - nowMs)),
          new Message.Check(DECIDE));
      return known;
    }
    CollectionMemory asking = known.asking(decision.get().request(), decision.get().asked(), nowMs);
    outbox.forget(DECIDE);
    outbox.send(Functions.SLOTS, Functions.ALL, new Message.Ask(decision.get().request()));
    outbox.remind(PENDING, policy.checkEvery(), new Message.Check(PENDING));
    return asking;
  }
}
