package io.tidemark.jobs.coordinate.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.ExpirationSpec;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.PersistedValueMutation;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.PersistedValueSpec;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;
import org.apache.flink.streaming.api.TimerService;

/**
 * The values kept at the current key, each with the time at which it expires. An expired value is
 * never seen again, however late its timer; the timer only frees the space. There is one timer a
 * key at a time, however often values are written or functions called.
 *
 * <p>A value's bytes: the wall clock in ms at which it expires as a big-endian long, {@link
 * Long#MAX_VALUE} for never, then the protocol's {@code TypedValue}.
 */
final class PersistedValues {
  private static final long NEVER = Long.MAX_VALUE;

  private final MapState<String, byte[]> values;
  private final ValueState<Long> cleanUpMs;

  PersistedValues(RuntimeContext context) {
    values =
        context.getMapState(
            new MapStateDescriptor<>(
                "values", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    cleanUpMs = context.getState(new ValueStateDescriptor<>("clean-up-ms", Types.LONG));
  }

  /** For a call of the function now, which makes those live longer that expire after the last. */
  List<ToFunction.PersistedValue> attach(Map<String, PersistedValueSpec> specs, TimerService timers)
      throws Exception {
    long nowMs = timers.currentProcessingTime();
    List<ToFunction.PersistedValue> attached = new ArrayList<>(specs.size());
    for (PersistedValueSpec spec : specs.values()) {
      ToFunction.PersistedValue.Builder value =
          ToFunction.PersistedValue.newBuilder().setStateName(spec.getStateName());
      byte[] stored = values.get(spec.getStateName());
      if (stored != null && expiresMs(stored) <= nowMs) {
        values.remove(spec.getStateName());
        stored = null;
      }
      if (stored != null) {
        TypedValue typed =
            TypedValue.parseFrom(ByteBuffer.wrap(stored, Long.BYTES, stored.length - Long.BYTES));
        value.setStateValue(typed);
        if (spec.getExpirationSpec().getMode() == ExpirationSpec.ExpireMode.AFTER_INVOKE) {
          put(spec.getStateName(), typed, spec.getExpirationSpec(), timers);
        }
      }
      attached.add(value.build());
    }
    return attached;
  }

  /** Does what the function did. */
  void apply(
      List<PersistedValueMutation> mutations,
      Map<String, PersistedValueSpec> specs,
      TimerService timers)
      throws Exception {
    for (PersistedValueMutation mutation : mutations) {
      switch (mutation.getMutationType()) {
        case DELETE -> values.remove(mutation.getStateName());
        case MODIFY -> {
          PersistedValueSpec spec = specs.get(mutation.getStateName());
          ExpirationSpec expiration =
              spec == null ? ExpirationSpec.getDefaultInstance() : spec.getExpirationSpec();
          put(mutation.getStateName(), mutation.getStateValue(), expiration, timers);
        }
        case UNRECOGNIZED ->
            throw new FunctionFailedException("a change of a value of unknown kind: " + mutation);
      }
    }
  }

  private void put(String name, TypedValue value, ExpirationSpec expiration, TimerService timers)
      throws Exception {
    long expiresMs =
        expiration.getMode() == ExpirationSpec.ExpireMode.NONE
            ? NEVER
            : timers.currentProcessingTime() + expiration.getExpireAfterMillis();
    byte[] typed = value.toByteArray();
    values.put(
        name, ByteBuffer.allocate(Long.BYTES + typed.length).putLong(expiresMs).put(typed).array());
    cleanUpAt(expiresMs, timers);
  }

  private void cleanUpAt(long timeMs, TimerService timers) throws Exception {
    Long planned = cleanUpMs.value();
    if (timeMs != NEVER && (planned == null || timeMs < planned)) {
      timers.registerProcessingTimeTimer(timeMs);
      cleanUpMs.update(timeMs);
    }
  }

  /** Removes what has expired, if this timer is the one for it. */
  void onTimer(long timeMs, TimerService timers) throws Exception {
    Long planned = cleanUpMs.value();
    if (planned == null || timeMs < planned) {
      return;
    }
    cleanUpMs.clear();
    long next = NEVER;
    for (Iterator<Map.Entry<String, byte[]>> all = values.iterator(); all.hasNext(); ) {
      long expiresMs = expiresMs(all.next().getValue());
      if (expiresMs <= timeMs) {
        all.remove();
      } else {
        next = Math.min(next, expiresMs);
      }
    }
    cleanUpAt(next, timers);
  }

  private static long expiresMs(byte[] stored) {
    return ByteBuffer.wrap(stored).getLong();
  }
}
