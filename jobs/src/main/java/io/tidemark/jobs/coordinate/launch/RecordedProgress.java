package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.JobRecords;
import io.tidemark.jobs.run.JobProgress;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes progress into the job's record, at most once a second but for stages. */
final class RecordedProgress implements JobProgress {
  private static final Logger LOG = LoggerFactory.getLogger(RecordedProgress.class);
  private static final long EVERY_NANOS = 1_000_000_000;

  private final JobRecords records;
  private JobRecord record;
  private long writtenNanos;

  RecordedProgress(JobRecords records, JobRecord record) {
    this.records = records;
    this.record = record;
    this.writtenNanos = System.nanoTime();
  }

  @Override
  public synchronized void stage(String what) {
    record = record.withStage(what);
    write();
  }

  @Override
  public synchronized void planned(long tasks, long rows, long bytes) {
    record = record.withPlanned(tasks, rows);
    write();
  }

  @Override
  public synchronized void done(long tasks, long rows) {
    record = record.withDone(tasks, rows);
    if (System.nanoTime() - writtenNanos >= EVERY_NANOS) {
      write();
    }
  }

  private void write() {
    writtenNanos = System.nanoTime();
    UnaryOperator<JobRecord> all = known -> record;
    try {
      records.change(record, all);
    } catch (RuntimeException e) {
      // Nobody decides by it; the next one is written in a second.
      LOG.warn("progress not written job={}", record.request().id(), e);
    }
  }

  /** With the progress made so far. */
  synchronized JobRecord record() {
    return record;
  }
}
