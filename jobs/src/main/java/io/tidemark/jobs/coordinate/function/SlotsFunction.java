package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.function.SlotsMemory.Job;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.run.JobRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.statefun.sdk.java.Address;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;

/**
 * Bounds how many jobs run at once, over all collections; there is one. First come, first served,
 * but users before everybody else; two jobs on one collection never run at once, one on all
 * collections runs alone. The first of those waiting is never overtaken by one that would make it
 * wait longer. Where all slots are held by other work, one index build more may run, so that new
 * rows of one collection do not stay unindexed while another is written anew.
 */
final class SlotsFunction implements StatefulFunction {
  private static final ValueSpec<SlotsMemory> MEMORY =
      ValueSpec.named("slots").withCustomType(SlotsMemory.TYPE);
  private static final String CHECK = "check";

  private final CoordinatorPolicy policy;

  private SlotsFunction(CoordinatorPolicy policy) {
    this.policy = policy;
  }

  static StatefulFunctionSpec spec(CoordinatorPolicy policy) {
    return StatefulFunctionSpec.builder(Functions.SLOTS)
        .withValueSpec(MEMORY)
        .withSupplier(() -> new SlotsFunction(policy))
        .build();
  }

  @Override
  public CompletableFuture<Void> apply(
      Context context, org.apache.flink.statefun.sdk.java.message.Message argument) {
    SlotsMemory memory = context.storage().get(MEMORY).orElse(SlotsMemory.EMPTY);
    Outbox outbox = new Outbox(context);
    SlotsMemory changed =
        dispatch(take(memory, argument.as(Message.TYPE), context.caller(), outbox), outbox);
    if (!changed.equals(memory)) {
      context.storage().set(MEMORY, changed);
    }
    if (changed.running().isEmpty()) {
      outbox.forget(CHECK);
    } else if (memory.running().isEmpty() || argument.as(Message.TYPE) instanceof Message.Check) {
      outbox.remind(CHECK, policy.checkEvery(), new Message.Check(""));
    }
    return context.done();
  }

  private static SlotsMemory take(
      SlotsMemory memory, Message message, Optional<Address> caller, Outbox outbox) {
    return switch (message) {
      case Message.Ask ask -> ask(memory, Job.of(ask.request(), caller), outbox);
      case Message.Cancel cancel -> cancel(memory, cancel.requestId(), outbox);
      case Message.Withdraw withdraw -> withdraw(memory, withdraw.collectionId(), outbox);
      case Message.Ended ended -> end(memory, ended, outbox);
      // A launcher that is new runs nothing yet, and a launch order may have been lost with an old.
      case Message.LauncherUp up -> launchAgain(memory, outbox);
      case Message.Check check -> launchAgain(memory, outbox);
      case Message.Started other -> throw Misdirected.of(other, Functions.SLOTS);
      case Message.CollectionSeen other -> throw Misdirected.of(other, Functions.SLOTS);
      case Message.CollectionGone other -> throw Misdirected.of(other, Functions.SLOTS);
      case Message.SegmentSeen other -> throw Misdirected.of(other, Functions.SLOTS);
      case Message.Indexing other -> throw Misdirected.of(other, Functions.SLOTS);
      case Message.ChannelSeen other -> throw Misdirected.of(other, Functions.SLOTS);
      case Message.ScheduleSet other -> throw Misdirected.of(other, Functions.SLOTS);
    };
  }

  private static SlotsMemory ask(SlotsMemory memory, Job job, Outbox outbox) {
    String id = job.request().id();
    Optional<Message.Ended> end = memory.end(id);
    if (end.isPresent()) {
      job.asker().ifPresent(asker -> outbox.send(asker, end.get()));
      return memory;
    }
    if (memory.find(id).isPresent()) {
      if (memory.isRunning(id)) {
        job.asker().ifPresent(asker -> outbox.send(asker, new Message.Started(id)));
      }
      return memory;
    }
    outbox.order(new JobOrder.Queued(job.request()));
    return memory.withWaiting(job);
  }

  private static SlotsMemory cancel(SlotsMemory memory, String requestId, Outbox outbox) {
    memory
        .find(requestId)
        .ifPresent(job -> outbox.order(new JobOrder.Stop(job.request(), "cancelled")));
    if (memory.find(requestId).isEmpty() || memory.isRunning(requestId)) {
      return memory;
    }
    return end(memory, cancelled(requestId, "cancelled"), outbox);
  }

  private static Message.Ended cancelled(String requestId, String reason) {
    return new Message.Ended(requestId, JobRecord.State.CANCELLED, false, reason, Map.of());
  }

  private static SlotsMemory withdraw(SlotsMemory memory, long collectionId, Outbox outbox) {
    String reason = "the collection was dropped";
    List<JobRequest> ours =
        Stream.concat(memory.waiting().stream(), memory.running().stream())
            .map(Job::request)
            .filter(request -> request.collection().filter(id -> id == collectionId).isPresent())
            .toList();
    SlotsMemory left = memory;
    for (JobRequest request : ours) {
      outbox.order(new JobOrder.Stop(request, reason));
      if (!memory.isRunning(request.id())) {
        left = left.withEnded(cancelled(request.id(), reason));
      }
    }
    return left;
  }

  private static SlotsMemory end(SlotsMemory memory, Message.Ended ended, Outbox outbox) {
    Optional<Job> job = memory.find(ended.requestId());
    if (job.isEmpty()) {
      return memory;
    }
    job.get().asker().ifPresent(asker -> outbox.send(asker, ended));
    return memory.withEnded(ended);
  }

  private static SlotsMemory launchAgain(SlotsMemory memory, Outbox outbox) {
    memory.running().forEach(job -> outbox.order(new JobOrder.Launch(job.request())));
    return memory;
  }

  private SlotsMemory dispatch(SlotsMemory memory, Outbox outbox) {
    SlotsMemory filled = memory;
    List<Job> passedOver = new ArrayList<>();
    List<Job> inOrder =
        Stream.concat(
                memory.waiting().stream().filter(Job::byUser),
                memory.waiting().stream().filter(job -> !job.byUser()))
            .toList();
    for (Job job : inOrder) {
      if (!hasSlot(job, filled.running())
          || Stream.concat(filled.running().stream(), passedOver.stream()).anyMatch(job::touches)) {
        passedOver.add(job);
        continue;
      }
      outbox.order(new JobOrder.Launch(job.request()));
      job.asker().ifPresent(asker -> outbox.send(asker, new Message.Started(job.request().id())));
      filled = filled.withRunning(job);
    }
    return filled;
  }

  private boolean hasSlot(Job job, List<Job> running) {
    if (running.size() < policy.jobsAtOnce()) {
      return true;
    }
    return running.size() == policy.jobsAtOnce()
        && job.builds()
        && running.stream().noneMatch(Job::builds);
  }
}
