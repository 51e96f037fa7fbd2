package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.host.FunctionRegistry;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;

/** All functions of the coordinator. */
public record CoordinatorFunctions(CoordinatorPolicy policy) implements FunctionRegistry {
  @Override
  public StatefulFunctions get() {
    return new StatefulFunctions()
        .withStatefulFunction(SlotsFunction.spec(policy))
        .withStatefulFunction(CollectionFunction.spec(policy))
        .withStatefulFunction(SegmentFunction.spec(policy))
        .withStatefulFunction(ChannelFunction.spec(policy))
        .withStatefulFunction(ScheduleFunction.spec(policy));
  }
}
