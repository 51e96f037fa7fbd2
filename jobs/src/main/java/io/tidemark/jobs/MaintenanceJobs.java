package io.tidemark.jobs;

import io.tidemark.jobs.compact.CompactJob;
import io.tidemark.jobs.expire.ExpireJob;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.reembed.ReembedJob;
import io.tidemark.jobs.reindex.ReindexJob;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.jobs.snapshot.SnapshotJob;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Every batch job by its kind. */
public final class MaintenanceJobs {
  private static final Map<JobKind, MaintenanceJob> JOBS = new EnumMap<>(JobKind.class);

  static {
    JOBS.put(JobKind.INDEX, new IndexJob());
    JOBS.put(JobKind.COMPACT, new CompactJob());
    JOBS.put(JobKind.REINDEX, new ReindexJob());
    JOBS.put(JobKind.REEMBED, new ReembedJob());
    JOBS.put(JobKind.EXPIRE, new ExpireJob());
    JOBS.put(JobKind.SNAPSHOT, new SnapshotJob());
  }

  private MaintenanceJobs() {}

  /** Those that this build has. */
  public static Set<JobKind> kinds() {
    return Collections.unmodifiableSet(JOBS.keySet());
  }

  /**
   * @throws IllegalArgumentException if this build has no such job
   */
  public static MaintenanceJob of(JobKind kind) {
    MaintenanceJob job = JOBS.get(kind);
    if (job == null) {
      throw new IllegalArgumentException("job " + kind.command() + " is not in this build");
    }
    return job;
  }
}
