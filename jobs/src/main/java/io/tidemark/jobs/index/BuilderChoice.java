package io.tidemark.jobs.index;

import io.tidemark.engine.index.graph.GraphBuilder;
import io.tidemark.engine.index.graph.GraphBuilders;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** By whom an operator has its graphs built, and what its job asks the cluster for. */
public final class BuilderChoice {
  /** Flink's name for GPUs, in its configuration and in ours. */
  static final String RESOURCE = "gpu";

  private static final Logger LOG = LoggerFactory.getLogger(BuilderChoice.class);

  /** What Flink's own GPU driver calls a device's ordinal. */
  private static final String ORDINAL = "index";

  /** Only counted, by nobody enforced; a worker has as many as slots where nothing else is said. */
  private static final double CORES = 1;

  private BuilderChoice() {}

  /**
   * Puts operators, of a job all of them, into slots with a GPU each, where that is wanted. One
   * left out would take a slot of its own, and with it a share of the GPU of the worker that it is
   * on: Flink gives a slot of no stated size an equal share of everything its worker has.
   *
   * @param heapMiB that a slot has: Flink wants it named as soon as anything else is
   */
  public static void request(
      GpuUse use, int heapMiB, List<? extends SingleOutputStreamOperator<?>> operators) {
    if (use == GpuUse.TRUE) {
      SlotSharingGroup group =
          SlotSharingGroup.newBuilder("index-builder")
              .setCpuCores(CORES)
              .setTaskHeapMemoryMB(heapMiB)
              .setExternalResource(RESOURCE, 1.0)
              .build();
      operators.forEach(operator -> operator.slotSharingGroup(group));
    }
  }

  /** The builder for an operator, chosen where it runs; the log says why if it is not the GPU. */
  public static GraphBuilder of(GpuUse use, RuntimeContext context) {
    return switch (use) {
      case FALSE -> GraphBuilders.cpu();
      case AUTO -> usable(GraphBuilders.find("gpu"), use);
      case TRUE -> {
        Optional<Integer> device = device(context.getExternalResourceInfos(RESOURCE));
        if (device.isEmpty()) {
          LOG.warn("graphs are built by the CPU reason={}", "Flink gave this operator no gpu");
          yield GraphBuilders.cpu();
        }
        yield usable(GraphBuilders.find("gpu").map(gpu -> gpu.onDevice(device.get())), use);
      }
    };
  }

  /**
   * Whether a job failed because the cluster has no worker with what {@link #request} asked for.
   */
  static boolean noWorker(Throwable failure) {
    return ExceptionUtils.findThrowable(failure, NoResourceAvailableException.class).isPresent()
        || ExceptionUtils.findThrowableWithMessage(
                failure, NoResourceAvailableException.class.getSimpleName())
            .isPresent();
  }

  /** The ordinal of a device among those given; empty if there is none. */
  static Optional<Integer> device(Collection<? extends ExternalResourceInfo> given) {
    return Set.copyOf(given).stream()
        .map(info -> info.getProperty(ORDINAL).map(Integer::parseInt).orElse(0))
        .min(Integer::compare);
  }

  private static GraphBuilder usable(Optional<GraphBuilder> gpu, GpuUse use) {
    String reason =
        gpu.isEmpty()
            ? "no GPU builder is installed, or this JVM is older than Java 25"
            : gpu.get().unavailable().orElse("");
    if (reason.isEmpty()) {
      LOG.info("graphs are built on the GPU");
      return gpu.orElseThrow();
    }
    if (use == GpuUse.TRUE) {
      LOG.warn("graphs are built by the CPU reason={}", reason);
    } else {
      LOG.info("graphs are built by the CPU reason={}", reason);
    }
    return GraphBuilders.cpu();
  }
}
