package io.tidemark.connectors.sink;

import java.time.Duration;
import org.apache.flink.util.FlinkRuntimeException;

/** The one thread that a writer's state belongs to, and its clock. */
interface TaskThread {
  /** Something to do in that thread; what it throws fails the task. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  /** From any thread: done in the task's thread while it yields or between rows. */
  void execute(Action action);

  /** From the task's thread only. */
  void after(Duration pause, Action action);

  /** From the task's thread only: waits for the next action and does it. */
  void awaitAction() throws InterruptedException, FlinkRuntimeException;

  /** Monotonic. */
  long nanoTime();
}
