package io.tidemark.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchRunTest {
  /** What Flink says of a job whose own cluster has been shut down, as it is when the job ends. */
  private static IllegalStateException shutDown() {
    return new IllegalStateException(
        "MiniCluster is not yet running or has already been shut down.");
  }

  /** A job that ends when it is looked at, and its cluster with it. */
  private static final class EndsWhenLookedAt implements JobClient {
    private final JobID id = new JobID();
    private final CompletableFuture<JobExecutionResult> result = new CompletableFuture<>();
    private final CountDownLatch looked = new CountDownLatch(1);
    private final boolean succeeds;

    EndsWhenLookedAt(boolean succeeds) {
      this.succeeds = succeeds;
    }

    @Override
    public JobID getJobID() {
      return id;
    }

    @Override
    public CompletableFuture<JobStatus> getJobStatus() {
      throw shutDown();
    }

    @Override
    public CompletableFuture<Void> cancel() {
      throw shutDown();
    }

    @Override
    public CompletableFuture<String> stopWithSavepoint(
        boolean drain, @Nullable String folder, SavepointFormatType format) {
      throw shutDown();
    }

    @Override
    public CompletableFuture<String> triggerSavepoint(
        @Nullable String folder, SavepointFormatType format) {
      throw shutDown();
    }

    @Override
    public CompletableFuture<Map<String, Object>> getAccumulators() {
      if (succeeds) {
        result.complete(new JobExecutionResult(id, 1, Map.of()));
      }
      looked.countDown();
      throw shutDown();
    }

    @Override
    public CompletableFuture<JobExecutionResult> getJobExecutionResult() {
      return result;
    }

    private StreamExecutionEnvironment environment() {
      return new StreamExecutionEnvironment() {
        @Override
        public JobClient executeAsync(String name) {
          return EndsWhenLookedAt.this;
        }
      };
    }
  }

  @Test
  void aJobThatEndsWhileItIsLookedAtHasEnded() throws Exception {
    EndsWhenLookedAt job = new EndsWhenLookedAt(true);
    JobExecutionResult ended = BatchRun.execute(job.environment(), "ends", JobProgress.SILENT);
    assertThat(ended.getJobID()).isEqualTo(job.id);
  }

  @Test
  void anInterruptIsOneEvenIfThereIsNothingLeftToCancel() throws Exception {
    EndsWhenLookedAt job = new EndsWhenLookedAt(false);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread runner =
        Thread.ofPlatform()
            .start(() -> {
              try {
                var unused = BatchRun.execute(job.environment(), "hangs", JobProgress.SILENT);
              } catch (Exception e) {
                thrown.set(e);
              }
            });
    job.looked.await();
    runner.interrupt();
    runner.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }
}
