package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.ChannelState;
import io.tidemark.jobs.coordinate.record.ChannelState.Phase;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.model.control.ControlKeys;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.types.SimpleType;

/**
 * A pchannel: unassigned → assigning → assigned, told by how its watermark moves. One that stands
 * still is being assigned anew, since the ingest job moves it every second; after ten times as long
 * nobody reads it. Shown when the phase changes: the watermark itself is in the control store.
 */
final class ChannelFunction implements StatefulFunction {
  private static final ValueSpec<ChannelState> MEMORY =
      ValueSpec.named("channel")
          .withCustomType(
              SimpleType.simpleImmutableTypeFrom(
                  TypeName.typeNameFromString("io.tidemark/channel"),
                  state -> RecordJson.write(state).getBytes(StandardCharsets.UTF_8),
                  bytes ->
                      RecordJson.read(
                          new String(bytes, StandardCharsets.UTF_8), ChannelState.class)));
  private static final String STALLED = "stalled";
  private static final int GONE_AFTER = 10;

  private final CoordinatorPolicy policy;

  private ChannelFunction(CoordinatorPolicy policy) {
    this.policy = policy;
  }

  static StatefulFunctionSpec spec(CoordinatorPolicy policy) {
    return StatefulFunctionSpec.builder(Functions.CHANNEL)
        .withValueSpec(MEMORY)
        .withSupplier(() -> new ChannelFunction(policy))
        .build();
  }

  @Override
  public CompletableFuture<Void> apply(
      Context context, org.apache.flink.statefun.sdk.java.message.Message argument) {
    long nowMs = System.currentTimeMillis();
    Outbox outbox = new Outbox(context);
    Optional<ChannelState> known = context.storage().get(MEMORY);
    Message message = argument.as(Message.TYPE);
    ChannelState next;
    if (message instanceof Message.ChannelSeen seen) {
      next = seen(known, seen, nowMs);
      if (next.phase() != Phase.UNASSIGNED) {
        outbox.remind(STALLED, policy.channelStall(), new Message.Check(STALLED));
      }
    } else if (message instanceof Message.Check && known.isPresent()) {
      next = stalled(known.get(), nowMs);
      if (next.phase() == Phase.ASSIGNING) {
        outbox.remind(
            STALLED, policy.channelStall().multipliedBy(GONE_AFTER), new Message.Check(STALLED));
      }
    } else {
      throw Misdirected.of(message, Functions.CHANNEL);
    }
    context.storage().set(MEMORY, next);
    if (known.isEmpty() || known.get().phase() != next.phase()) {
      outbox.show(ControlKeys.CHANNEL_STATE + next.pchannel(), next);
    }
    return context.done();
  }

  /** The state once its watermark was seen here. */
  static ChannelState seen(Optional<ChannelState> known, Message.ChannelSeen seen, long nowMs) {
    if (known.isEmpty()) {
      return new ChannelState(
          seen.pchannel(),
          seen.watermark() == 0 ? Phase.UNASSIGNED : Phase.ASSIGNING,
          seen.watermark(),
          nowMs);
    }
    boolean moves = seen.watermark() > known.get().watermark();
    Phase before = known.get().phase();
    Phase phase =
        switch (before) {
          case UNASSIGNED -> moves ? Phase.ASSIGNING : before;
          case ASSIGNING, ASSIGNED -> moves ? Phase.ASSIGNED : before;
        };
    return new ChannelState(
        seen.pchannel(),
        phase,
        Math.max(seen.watermark(), known.get().watermark()),
        phase == before ? known.get().sinceMs() : nowMs);
  }

  /** The state once its watermark has stood still for long. */
  static ChannelState stalled(ChannelState known, long nowMs) {
    Phase phase =
        switch (known.phase()) {
          case ASSIGNED -> Phase.ASSIGNING;
          case ASSIGNING, UNASSIGNED -> Phase.UNASSIGNED;
        };
    return new ChannelState(
        known.pchannel(),
        phase,
        known.watermark(),
        phase == known.phase() ? known.sinceMs() : nowMs);
  }
}
