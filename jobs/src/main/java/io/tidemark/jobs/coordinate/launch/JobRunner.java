package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import java.io.Serializable;

/** Runs one request to its end, in the calling thread. */
public interface JobRunner extends Serializable {
  /**
   * @throws InterruptedException if the thread was told to stop
   */
  JobReport run(JobRequest request, JobProgress progress) throws Exception;
}
