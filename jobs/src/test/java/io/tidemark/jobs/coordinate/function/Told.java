package io.tidemark.jobs.coordinate.function;

import java.util.List;
import org.apache.flink.statefun.sdk.java.Address;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;
import org.apache.flink.statefun.sdk.java.slice.Slices;
import org.apache.flink.statefun.sdk.java.testing.SideEffects;
import org.apache.flink.statefun.sdk.java.testing.TestContext;

/** One function at one address over many messages, and what it sent for the last of them. */
final class Told {
  private final StatefulFunctionSpec spec;
  private final Address self;
  private final TestContext context;

  private Told(StatefulFunctionSpec spec, Address self) {
    this.spec = spec;
    this.self = self;
    this.context = TestContext.forTarget(self);
  }

  static Told at(StatefulFunctionSpec spec, TypeName function, String id) {
    return new Told(spec, new Address(function, id));
  }

  /** Tells it and gives what it sends to other functions at once. */
  List<Message> tell(Message message) {
    int before = context.getSentMessages().size();
    try {
      spec.supplier()
          .get()
          .apply(
              context,
              MessageBuilder.forAddress(self).withCustomType(Message.TYPE, message).build())
          .join();
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return context.getSentMessages().stream()
        .skip(before)
        .map(sent -> sent.message().as(Message.TYPE))
        .toList();
  }

  /** All orders to the launcher so far. */
  List<JobOrder> orders() {
    return context.getSentEgressMessages().stream()
        .map(SideEffects.EgressSideEffect::message)
        .filter(message -> message.targetEgressId().equals(JobOrder.EGRESS))
        .map(message ->
            JobOrder.TYPE
                .typeSerializer()
                .deserialize(Slices.wrap(message.egressMessageValueBytes().toByteArray())))
        .toList();
  }

  /** The last time after which it wants to be reminded, in ms. */
  long remindedAfterMs() {
    return context.getSentDelayedMessages().getLast().duration().toMillis();
  }
}
