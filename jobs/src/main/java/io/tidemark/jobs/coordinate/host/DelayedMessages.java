package io.tidemark.jobs.coordinate.host;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.TimerService;

/**
 * Messages that the function at the current key sends later, by the time they are due, in the order
 * they were sent. A token is its sender's own: another's of the same name is another.
 */
final class DelayedMessages {
  private static final String NO_TOKEN = "";

  /** Due time in ms → token and envelope of each message. */
  private final MapState<Long, List<Tuple2<String, byte[]>>> messages;

  DelayedMessages(RuntimeContext context) {
    messages =
        context.getMapState(
            new MapStateDescriptor<>(
                "delayed",
                Types.LONG,
                Types.LIST(
                    Types.TUPLE(
                        Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))));
  }

  /**
   * @param token empty for none
   */
  void add(String token, long delayMs, byte[] envelope, TimerService timers) throws Exception {
    long dueMs = timers.currentProcessingTime() + Math.max(0, delayMs);
    List<Tuple2<String, byte[]>> due = messages.get(dueMs);
    List<Tuple2<String, byte[]>> all = due == null ? new ArrayList<>() : new ArrayList<>(due);
    all.add(Tuple2.of(token, envelope));
    messages.put(dueMs, all);
    timers.registerProcessingTimeTimer(dueMs);
  }

  /**
   * Forgets all messages of this token that are not sent yet.
   *
   * @return how many
   */
  int cancel(String token, TimerService timers) throws Exception {
    if (token.equals(NO_TOKEN)) {
      return 0;
    }
    int cancelled = 0;
    List<Long> times = new ArrayList<>();
    messages.keys().forEach(times::add);
    for (Long dueMs : times) {
      List<Tuple2<String, byte[]>> all = messages.get(dueMs);
      List<Tuple2<String, byte[]>> kept =
          all.stream().filter(message -> !message.f0.equals(token)).toList();
      if (kept.isEmpty()) {
        messages.remove(dueMs);
        timers.deleteProcessingTimeTimer(dueMs);
      } else if (kept.size() < all.size()) {
        messages.put(dueMs, new ArrayList<>(kept));
      }
      cancelled += all.size() - kept.size();
    }
    return cancelled;
  }

  /** Takes out what is due at this time. */
  List<byte[]> take(long dueMs) throws Exception {
    List<Tuple2<String, byte[]>> due = messages.get(dueMs);
    if (due == null) {
      return List.of();
    }
    messages.remove(dueMs);
    return due.stream().map(message -> message.f1).toList();
  }
}
