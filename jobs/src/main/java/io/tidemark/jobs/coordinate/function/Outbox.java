package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.RecordJson;
import java.time.Duration;
import org.apache.flink.statefun.sdk.java.Address;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.message.EgressMessageBuilder;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;

/** What a function sends during one call. Not thread-safe, like the call. */
final class Outbox {
  private final Context context;

  Outbox(Context context) {
    this.context = context;
  }

  void send(TypeName function, String id, Message message) {
    context.send(
        MessageBuilder.forAddress(function, id).withCustomType(Message.TYPE, message).build());
  }

  void send(Address to, Message message) {
    context.send(MessageBuilder.forAddress(to).withCustomType(Message.TYPE, message).build());
  }

  /** Tells the function itself later, in place of what was told it with this token before. */
  void remind(String token, Duration after, Message message) {
    context.cancelDelayedMessage(token);
    context.sendAfter(
        after,
        token,
        MessageBuilder.forAddress(context.self()).withCustomType(Message.TYPE, message).build());
  }

  void forget(String token) {
    context.cancelDelayedMessage(token);
  }

  void order(JobOrder order) {
    context.send(
        EgressMessageBuilder.forEgress(JobOrder.EGRESS)
            .withCustomType(JobOrder.TYPE, order)
            .build());
  }

  void show(String key, Object state) {
    change(new StateChange(key, RecordJson.write(state)));
  }

  void hide(String key) {
    change(new StateChange(key, null));
  }

  private void change(StateChange change) {
    context.send(
        EgressMessageBuilder.forEgress(StateChange.EGRESS)
            .withCustomType(StateChange.TYPE, change)
            .build());
  }
}
