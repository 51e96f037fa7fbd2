package io.tidemark.jobs.coordinate.host;

import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.statefun.sdk.reqreply.generated.Address;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.DelayedInvocation;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.EgressMessage;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.Invocation;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.InvocationResponse;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.PersistedValueSpec;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction.InvocationBatchRequest;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts StateFun functions: takes {@link Envelope}s keyed by {@link Envelope#target}, calls the
 * function, keeps its values and delayed messages in keyed state, and hands on what it sends.
 * Messages to egresses are the main output (see {@link Egress}), those to other functions go to
 * {@link #FEEDBACK}, to come back through Kafka. Messages to itself are taken at once, before
 * whatever else arrives.
 *
 * <p><b>Guarantees.</b> A checkpoint has a function's values and delayed messages as of the same
 * message. After a restore, messages since the checkpoint arrive again, and what functions sent
 * meanwhile is sent again: at least once, in the order sent between any two addresses. A due
 * message that was missed is sent at once. A function that throws leaves no trace: it is called
 * again, and after {@link #ATTEMPTS_MAX} failures the message goes to {@link #ASIDE} with its
 * reason and the job goes on. An {@link Error} fails the task.
 */
public final class StatefulFunctionHost extends KeyedProcessFunction<String, byte[], byte[]> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(StatefulFunctionHost.class);

  /** Calls with one message before it is set aside. */
  public static final int ATTEMPTS_MAX = 3;

  /** A function that keeps telling itself something lets others have a turn after so many calls. */
  private static final int SELF_CALLS_MAX = 1000;

  /** Of a message's bytes and reason, when it is set aside. */
  private static final int ASIDE_CHARS_MAX = 64 << 10;

  /** Envelopes to other functions. */
  public static final OutputTag<byte[]> FEEDBACK =
      new OutputTag<>("feedback", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  /** Messages that functions could not take. */
  public static final OutputTag<SetAside> ASIDE =
      new OutputTag<>("aside", TypeInformation.of(SetAside.class));

  private final FunctionRegistry registry;

  private transient FunctionCalls calls;
  private transient PersistedValues values;
  private transient DelayedMessages delayed;
  private transient Counter invocations;
  private transient Counter setAside;
  private transient Counter cancelled;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  public StatefulFunctionHost(FunctionRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void open(OpenContext context) {
    calls = new FunctionCalls(registry.get());
    values = new PersistedValues(getRuntimeContext());
    delayed = new DelayedMessages(getRuntimeContext());
    invocations = getRuntimeContext().getMetricGroup().counter("invocations");
    setAside = getRuntimeContext().getMetricGroup().counter("messagesSetAside");
    cancelled = getRuntimeContext().getMetricGroup().counter("messagesCancelled");
  }

  @Override
  public void processElement(byte[] envelope, Context context, Collector<byte[]> out)
      throws Exception {
    take(Envelope.parse(envelope), context, out);
  }

  @Override
  public void onTimer(long timeMs, OnTimerContext context, Collector<byte[]> out) throws Exception {
    values.onTimer(timeMs, context.timerService());
    for (byte[] envelope : delayed.take(timeMs)) {
      if (Envelope.target(envelope).equals(context.getCurrentKey())) {
        take(Envelope.parse(envelope), context, out);
      } else {
        context.output(FEEDBACK, envelope);
      }
    }
  }

  private void take(InvocationBatchRequest message, Context context, Collector<byte[]> out)
      throws Exception {
    Deque<InvocationBatchRequest> own = new ArrayDeque<>();
    own.add(message);
    for (int taken = 0; !own.isEmpty(); taken++) {
      InvocationBatchRequest next = own.remove();
      if (taken < SELF_CALLS_MAX) {
        call(next, context, out, own);
      } else {
        context.output(FEEDBACK, next.toByteArray());
      }
    }
  }

  private void call(
      InvocationBatchRequest message,
      Context context,
      Collector<byte[]> out,
      Deque<InvocationBatchRequest> own)
      throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        InvocationResponse response =
            calls.call(message, specs -> values.attach(specs, context.timerService()));
        invocations.inc();
        apply(message.getTarget(), response, context, out, own);
        return;
      } catch (FunctionFailedException e) {
        if (attempt == ATTEMPTS_MAX) {
          setAside(message, e, context);
          return;
        }
        LOG.warn("function failed, it is called again attempt={}", attempt, e);
      }
    }
  }

  private void setAside(
      InvocationBatchRequest message, FunctionFailedException reason, Context context) {
    setAside.inc();
    String target = Envelope.address(message.getTarget());
    LOG.error("message set aside target={}", target, reason);
    context.output(
        ASIDE,
        new SetAside(
            target,
            beginning(String.valueOf(reason.getMessage())),
            beginning(Base64.getEncoder().encodeToString(message.toByteArray())),
            context.timerService().currentProcessingTime()));
  }

  /** So much of it as can be kept anywhere. */
  private static String beginning(String text) {
    return text.substring(0, Math.min(text.length(), ASIDE_CHARS_MAX));
  }

  private void apply(
      Address self,
      InvocationResponse response,
      Context context,
      Collector<byte[]> out,
      Deque<InvocationBatchRequest> own)
      throws Exception {
    Map<String, PersistedValueSpec> specs = calls.specs(Envelope.function(self));
    values.apply(response.getStateMutationsList(), specs, context.timerService());
    for (Invocation sent : response.getOutgoingMessagesList()) {
      InvocationBatchRequest envelope = Envelope.of(sent.getTarget(), self, sent.getArgument());
      if (sent.getTarget().equals(self)) {
        own.add(envelope);
      } else {
        context.output(FEEDBACK, envelope.toByteArray());
      }
    }
    for (DelayedInvocation later : response.getDelayedInvocationsList()) {
      if (later.getIsCancellationRequest()) {
        cancelled.inc(delayed.cancel(later.getCancellationToken(), context.timerService()));
      } else {
        delayed.add(
            later.getCancellationToken(),
            later.getDelayInMs(),
            Envelope.of(later.getTarget(), self, later.getArgument()).toByteArray(),
            context.timerService());
      }
    }
    for (EgressMessage message : response.getOutgoingEgressesList()) {
      out.collect(message.toByteArray());
    }
  }
}
