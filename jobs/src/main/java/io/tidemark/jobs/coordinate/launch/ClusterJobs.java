package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.util.HashMap;
import java.util.Map;

/**
 * The jobs of this build on a Flink cluster, submitted through its REST interface.
 *
 * @param defaults options of every job that has them and is not told otherwise
 */
public record ClusterJobs(
    LakeConfig lake, LogConfig log, FlinkAddress cluster, Map<String, String> defaults)
    implements JobRunner {
  public ClusterJobs {
    defaults = Map.copyOf(defaults);
  }

  /** With each job's own defaults. */
  public ClusterJobs(LakeConfig lake, LogConfig log, FlinkAddress cluster) {
    this(lake, log, cluster, Map.of());
  }

  @Override
  public JobReport run(JobRequest request, JobProgress progress) throws Exception {
    ClassLoader classes = Thread.currentThread().getContextClassLoader();
    MaintenanceJob job = MaintenanceJobs.of(request.kind());
    return job.run(
        new JobContext(
            withDefaults(job, request), lake, log, () -> cluster.environment(classes), progress));
  }

  private JobRequest withDefaults(MaintenanceJob job, JobRequest request) {
    Map<String, String> options = new HashMap<>(request.options());
    for (JobOption option : job.options()) {
      String value = defaults.get(option.name());
      if (value != null) {
        options.putIfAbsent(option.name(), value);
      }
    }
    return new JobRequest(
        request.id(), request.kind(), request.collectionId(), options, request.asker());
  }
}
