package io.tidemark.jobs.run;

import java.util.List;
import java.util.Map;

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
   * Refuses at once what a run with these options would refuse, as far as that can be told without
   * the lake.
   *
   * @param options as a request has them
   * @param all whether the run is to be over all collections
   * @throws io.tidemark.model.error.TidemarkException INVALID_PARAMETER with option, value and what
   *     is allowed
   */
  default void check(Map<String, String> options, boolean all) {
    JobOption.check(this, options);
  }

  /**
   * Plans from the lake as it is and runs to the end; with nothing to do it reports so.
   *
   * @throws io.tidemark.model.error.TidemarkException if what is asked for cannot be done
   * @throws Exception of any other kind if it may work later
   */
  JobReport run(JobContext context) throws Exception;
}
