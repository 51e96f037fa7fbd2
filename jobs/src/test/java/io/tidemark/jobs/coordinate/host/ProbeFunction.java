package io.tidemark.jobs.coordinate.host;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.EgressMessageBuilder;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;
import org.apache.flink.statefun.sdk.java.types.Types;

/** Does what its messages say: words separated by {@code :}. */
final class ProbeFunction implements StatefulFunction {
  static final TypeName TYPE = TypeName.typeNameOf("test", "probe");
  static final TypeName EGRESS = TypeName.typeNameOf("test", "out");
  private static final ValueSpec<Integer> COUNT = ValueSpec.named("count").withIntType();
  private static final ValueSpec<Integer> WRITTEN =
      ValueSpec.named("written").thatExpireAfterWrite(Duration.ofSeconds(1)).withIntType();
  private static final ValueSpec<Integer> CALLED =
      ValueSpec.named("called").thatExpiresAfterCall(Duration.ofSeconds(1)).withIntType();

  static StatefulFunctions registry() {
    return new StatefulFunctions()
        .withStatefulFunction(
            StatefulFunctionSpec.builder(TYPE)
                .withValueSpecs(COUNT, WRITTEN, CALLED)
                .withSupplier(ProbeFunction::new)
                .build());
  }

  @Override
  public CompletableFuture<Void> apply(Context context, Message message) {
    String[] words = message.asUtf8String().split(":", 4);
    switch (words[0]) {
      case "count" -> {
        int count = context.storage().get(COUNT).orElse(0) + 1;
        context.storage().set(COUNT, count);
        out(context, "count " + count);
      }
      case "later" ->
          context.sendAfter(
              Duration.ofMillis(Long.parseLong(words[1])),
              words[2],
              MessageBuilder.forAddress(context.self()).withValue(words[3]).build());
      case "later-to" ->
          context.sendAfter(
              Duration.ofMillis(Long.parseLong(words[1])),
              MessageBuilder.forAddress(TYPE, words[2]).withValue(words[3]).build());
      case "cancel" -> context.cancelDelayedMessage(words[1]);
      case "tell" ->
          context.send(MessageBuilder.forAddress(TYPE, words[1]).withValue(words[2]).build());
      case "twice" -> {
        context.send(
            MessageBuilder.forAddress(context.self()).withValue("say " + words[1]).build());
        out(context, "first " + words[1]);
      }
      case "write" -> {
        context.storage().set(WRITTEN, 1);
        context.storage().set(CALLED, 1);
      }
      case "read" ->
          out(
              context,
              "written "
                  + context.storage().get(WRITTEN).isPresent()
                  + " called "
                  + context.storage().get(CALLED).isPresent());
      case "fail" -> {
        context.storage().set(COUNT, 1_000_000);
        throw new IllegalStateException("told to fail");
      }
      default -> out(context, message.asUtf8String());
    }
    return context.done();
  }

  private static void out(Context context, String text) {
    context.send(
        EgressMessageBuilder.forEgress(EGRESS)
            .withCustomType(Types.stringType(), context.self().id() + " " + text)
            .build());
  }
}
