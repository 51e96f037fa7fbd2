package io.tidemark.jobs.run;

/** Hears how far a running job is. Calls come from one thread. */
public interface JobProgress {
  JobProgress SILENT =
      new JobProgress() {
        @Override
        public void stage(String what) {}

        @Override
        public void planned(long tasks, long rows, long bytes) {}

        @Override
        public void done(long tasks, long rows) {}
      };

  /** What it does now, in a few words for people. */
  void stage(String what);

  /** How much there is to do; several calls of one run add up. */
  void planned(long tasks, long rows, long bytes);

  /** How much is done, since the run began. */
  void done(long tasks, long rows);
}
