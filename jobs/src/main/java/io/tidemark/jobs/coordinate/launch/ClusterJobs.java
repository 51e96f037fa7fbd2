package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;

/** The jobs of this build on a Flink cluster, submitted through its REST interface. */
public record ClusterJobs(LakeConfig lake, LogConfig log, FlinkAddress cluster)
    implements JobRunner {
  @Override
  public JobReport run(JobRequest request, JobProgress progress) throws Exception {
    ClassLoader classes = Thread.currentThread().getContextClassLoader();
    return MaintenanceJobs.of(request.kind())
        .run(new JobContext(request, lake, log, () -> cluster.environment(classes), progress));
  }
}
