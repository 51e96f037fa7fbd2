package io.tidemark.jobs.coordinate.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;
import org.apache.flink.statefun.sdk.java.handler.RequestReplyHandler;
import org.apache.flink.statefun.sdk.java.slice.Slice;
import org.apache.flink.statefun.sdk.java.slice.SliceProtobufUtil;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.InvocationResponse;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.PersistedValueSpec;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction.InvocationBatchRequest;
import org.apache.flink.statefun.sdk.shaded.com.google.protobuf.InvalidProtocolBufferException;

/**
 * Speaks the request-reply protocol with functions in this process. Which values a type of function
 * keeps, its first answer tells: it asks for those that the request lacks.
 */
final class FunctionCalls {
  private final RequestReplyHandler handler;
  private final Map<String, Map<String, PersistedValueSpec>> specs = new HashMap<>();

  FunctionCalls(StatefulFunctions functions) {
    this.handler = functions.requestReplyHandler();
  }

  /** The values that functions of this type keep, by name, as far as it was called yet. */
  Map<String, PersistedValueSpec> specs(String function) {
    return specs.getOrDefault(function, Map.of());
  }

  /** What the function keeps at the address it is called for. */
  interface Storage {
    List<ToFunction.PersistedValue> values(Map<String, PersistedValueSpec> specs) throws Exception;
  }

  /**
   * @param request with a target and its invocation
   * @throws FunctionFailedException if the function threw
   */
  InvocationResponse call(InvocationBatchRequest request, Storage storage) throws Exception {
    String function = Envelope.function(request.getTarget());
    FromFunction answer = exchange(request, storage.values(specs(function)));
    if (answer.hasIncompleteInvocationContext()) {
      Map<String, PersistedValueSpec> known = new HashMap<>(specs(function));
      answer
          .getIncompleteInvocationContext()
          .getMissingValuesList()
          .forEach(spec -> known.put(spec.getStateName(), spec));
      specs.put(function, known);
      answer = exchange(request, storage.values(known));
      if (answer.hasIncompleteInvocationContext()) {
        throw new FunctionFailedException(
            "function " + function + " asks again for values it was given: " + known.keySet());
      }
    }
    return answer.getInvocationResult();
  }

  private FromFunction exchange(
      InvocationBatchRequest request, List<ToFunction.PersistedValue> values)
      throws FunctionFailedException, InterruptedException {
    ToFunction message =
        ToFunction.newBuilder()
            .setInvocation(request.toBuilder().clearState().addAllState(new ArrayList<>(values)))
            .build();
    Slice answer;
    try {
      answer = handler.handle(SliceProtobufUtil.toSlice(message)).get();
    } catch (ExecutionException e) {
      throw failed(request, e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException e) {
      throw failed(request, e);
    }
    try {
      return FromFunction.parseFrom(answer.toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw failed(request, e);
    }
  }

  /** An Error is nothing a message can be blamed for. */
  private static FunctionFailedException failed(InvocationBatchRequest request, Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return new FunctionFailedException(
        "function " + Envelope.address(request.getTarget()) + ": " + cause, cause);
  }
}
