package io.tidemark.jobs.run;

import java.util.List;

/**
 * A batch job: plans, runs, commits, and may be killed at any moment and run again. Safe beside
 * live writes and beside itself. Stateless.
 */
public interface MaintenanceJob {
  JobKind kind();

  /** What can be set, in the order to be shown. A job that names none checks what it is given. */
  default List<JobOption> options() {
    return List.of();
  }

  /**
   * Plans from the lake as it is and runs to the end; with nothing to do it reports so.
   *
   * @throws io.tidemark.model.error.TidemarkException if what is asked for cannot be done
   * @throws Exception of any other kind if it may work later
   */
  JobReport run(JobContext context) throws Exception;
}
