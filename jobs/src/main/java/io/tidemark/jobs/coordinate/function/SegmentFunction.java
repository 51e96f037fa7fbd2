package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.function.SegmentFacts.Seen;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.coordinate.record.SegmentState;
import io.tidemark.jobs.coordinate.record.SegmentState.Phase;
import io.tidemark.model.control.ControlKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.types.SimpleType;

/**
 * The life of a segment: growing → sealed → indexing → indexed → dropped. What the observer has
 * seen decides; jobs only tell whether one is under way. A dropped one is shown for a while.
 */
final class SegmentFunction implements StatefulFunction {
  private static final String FORGET = "forget";

  private final ValueSpec<SegmentState> memory;
  private final Duration droppedKept;

  private SegmentFunction(ValueSpec<SegmentState> memory, Duration droppedKept) {
    this.memory = memory;
    this.droppedKept = droppedKept;
  }

  static StatefulFunctionSpec spec(CoordinatorPolicy policy) {
    ValueSpec<SegmentState> memory =
        ValueSpec.named("segment")
            .withCustomType(
                SimpleType.simpleImmutableTypeFrom(
                    TypeName.typeNameFromString("io.tidemark/segment"),
                    state -> RecordJson.write(state).getBytes(StandardCharsets.UTF_8),
                    bytes ->
                        RecordJson.read(
                            new String(bytes, StandardCharsets.UTF_8), SegmentState.class)));
    return StatefulFunctionSpec.builder(Functions.SEGMENT)
        .withValueSpec(memory)
        .withSupplier(() -> new SegmentFunction(memory, policy.droppedKept()))
        .build();
  }

  @Override
  public CompletableFuture<Void> apply(
      Context context, org.apache.flink.statefun.sdk.java.message.Message argument) {
    Outbox outbox = new Outbox(context);
    Optional<SegmentState> known = context.storage().get(memory);
    Message message = argument.as(Message.TYPE);
    if (message instanceof Message.Check) {
      forget(context, known, outbox);
      return context.done();
    }
    Optional<SegmentState> next = next(known, message, System.currentTimeMillis());
    if (next.isEmpty() || next.equals(known)) {
      return context.done();
    }
    context.storage().set(memory, next.get());
    outbox.show(ControlKeys.SEGMENT_STATE + context.self().id(), next.get());
    if (next.get().phase() == Phase.DROPPED) {
      outbox.remind(FORGET, droppedKept, new Message.Check(FORGET));
    } else {
      outbox.forget(FORGET);
    }
    return context.done();
  }

  private void forget(Context context, Optional<SegmentState> known, Outbox outbox) {
    if (known.filter(state -> state.phase() == Phase.DROPPED).isPresent()) {
      context.storage().remove(memory);
      outbox.hide(ControlKeys.SEGMENT_STATE + context.self().id());
    }
  }

  /** The state after a message; empty for a segment that nobody has seen yet. */
  static Optional<SegmentState> next(Optional<SegmentState> known, Message message, long nowMs) {
    return switch (message) {
      case Message.SegmentSeen seen -> Optional.of(seen(known, seen.facts(), nowMs));
      case Message.Indexing indexing ->
          known.map(state -> state.in(indexing(state.phase(), indexing.running()), nowMs));
      case Message.Check other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.Ask other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.Cancel other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.Withdraw other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.LauncherUp other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.Started other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.Ended other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.CollectionSeen other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.CollectionGone other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.ChannelSeen other -> throw Misdirected.of(other, Functions.SEGMENT);
      case Message.ScheduleSet other -> throw Misdirected.of(other, Functions.SEGMENT);
    };
  }

  private static SegmentState seen(Optional<SegmentState> known, SegmentFacts facts, long nowMs) {
    if (facts.seen() == Seen.GONE && known.isPresent()) {
      return known.get().in(Phase.DROPPED, nowMs);
    }
    Phase before = known.map(SegmentState::phase).orElse(Phase.DROPPED);
    Phase phase =
        switch (facts.seen()) {
          case OPEN -> before == Phase.INDEXING ? Phase.INDEXING : Phase.GROWING;
          case SEALED -> before == Phase.INDEXING ? Phase.INDEXING : Phase.SEALED;
          case INDEXED -> Phase.INDEXED;
          case GONE -> Phase.DROPPED;
        };
    return new SegmentState(
        facts.collectionId(),
        facts.key(),
        facts.segmentId(),
        facts.partition(),
        facts.shard(),
        facts.rows(),
        facts.files(),
        phase,
        known.filter(state -> state.phase() == phase).map(SegmentState::sinceMs).orElse(nowMs));
  }

  private static Phase indexing(Phase phase, boolean running) {
    return switch (phase) {
      case GROWING, SEALED -> running ? Phase.INDEXING : phase;
      // Not built after all: what the observer sees next says whether it still waits.
      case INDEXING -> running ? phase : Phase.SEALED;
      case INDEXED, DROPPED -> phase;
    };
  }
}
