package io.tidemark.jobs.run;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a bounded topology to its end and tells how far it is. Stateless. */
public final class BatchRun {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
  private static final String TASKS = "tidemark.tasksDone";
  private static final String ROWS = "tidemark.rowsDone";
  private static final long LOOK_EVERY_MS = 500;

  private BatchRun() {}

  /** Settings for a batch job of this name: retried twice, no generic serialisation. */
  public static void configure(StreamExecutionEnvironment env, String name) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.NAME, name);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    env.configure(settings);
  }

  /** What a task counts as it goes: one of these per subtask, made in {@code open}. */
  public static final class Counters {
    private final LongCounter tasks = new LongCounter();
    private final LongCounter rows = new LongCounter();

    public Counters(RuntimeContext context) {
      context.addAccumulator(TASKS, tasks);
      context.addAccumulator(ROWS, rows);
    }

    public void taskDone() {
      tasks.add(1);
    }

    public void rowsDone(long more) {
      rows.add(more);
    }
  }

  /**
   * Submits the environment's topology and waits. An interrupt cancels the job.
   *
   * @throws Exception what made it fail
   */
  public static JobExecutionResult execute(
      StreamExecutionEnvironment env, String name, JobProgress progress) throws Exception {
    JobClient job = env.executeAsync(name);
    LOG.info("job submitted name={} id={}", name, job.getJobID());
    CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
    while (true) {
      try {
        JobExecutionResult ended = result.get(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        tell(ended.getAllAccumulatorResults(), progress);
        return ended;
      } catch (TimeoutException e) {
        look(job, progress);
      } catch (InterruptedException e) {
        cancel(job);
        throw e;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw e;
      }
    }
  }

  private static void cancel(JobClient job) {
    try {
      var unused = job.cancel();
    } catch (IllegalStateException e) {
      // As when looking.
      LOG.debug("job {} has ended by itself", job.getJobID(), e);
    }
  }

  private static void look(JobClient job, JobProgress progress) throws InterruptedException {
    try {
      tell(job.getAccumulators().get(), progress);
    } catch (ExecutionException | IllegalStateException e) {
      // It has ended just now, and with it a cluster of its own; the result will say.
      LOG.debug("no progress of job {}", job.getJobID(), e);
    }
  }

  private static void tell(Map<String, Object> counted, JobProgress progress) {
    if (counted.get(TASKS) instanceof Long tasks && counted.get(ROWS) instanceof Long rows) {
      progress.done(tasks, rows);
    }
  }
}
