package io.tidemark.jobs.coordinate.record;

import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job records in a control store. What has ended never changes again. Thread-safe within a
 * process; between processes the last writer wins, and each writes records of its own jobs only.
 */
public final class JobRecords {
  /** How many ended ones are kept. */
  public static final int ENDED_MAX = 200;

  private static final Logger LOG = LoggerFactory.getLogger(JobRecords.class);

  private final ControlStore control;

  public JobRecords(ControlStore control) {
    this.control = control;
  }

  public Optional<JobRecord> get(String id) {
    return control.get(ControlKeys.JOB + id).flatMap(JobRecords::read);
  }

  /** All there are, the youngest request first. */
  public List<JobRecord> list() {
    return control.list(ControlKeys.JOB).values().stream()
        .map(JobRecords::read)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparingLong(JobRecord::queuedMs).reversed())
        .toList();
  }

  /** Those that have not ended, the oldest request first. */
  public List<JobRecord> open() {
    return control.list(ControlKeys.JOB).values().stream()
        .map(JobRecords::read)
        .flatMap(Optional::stream)
        .filter(record -> !record.state().ended())
        .sorted(Comparator.comparingLong(JobRecord::queuedMs))
        .toList();
  }

  /** Writes the first record of a request; one that is there stays as it is. */
  public synchronized void queued(JobRecord record) {
    if (get(record.request().id()).isEmpty()) {
      put(record);
    }
  }

  /**
   * Changes a record that has not ended.
   *
   * @param otherwise the record to change if there is none
   * @return how it is now, in any case
   */
  public synchronized JobRecord change(JobRecord otherwise, UnaryOperator<JobRecord> change) {
    JobRecord known = get(otherwise.request().id()).orElse(otherwise);
    if (known.state().ended()) {
      return known;
    }
    JobRecord changed = change.apply(known);
    put(changed);
    if (changed.state().ended()) {
      if (isCancelled(changed.request().id())) {
        control.delete(ControlKeys.CANCEL + changed.request().id());
      }
      forgetOld();
    }
    return changed;
  }

  /** Writes down that the job shall not run, for whoever is about to start it. */
  public void cancel(String id) {
    control.put(ControlKeys.CANCEL + id, "");
  }

  public boolean isCancelled(String id) {
    return control.get(ControlKeys.CANCEL + id).isPresent();
  }

  /** One that cannot be read, of a newer version perhaps, is as good as none. */
  private static Optional<JobRecord> read(String json) {
    try {
      return Optional.of(JobRecord.ofJson(json));
    } catch (IllegalArgumentException e) {
      LOG.warn("job record passed over reason={}", e.getMessage());
      return Optional.empty();
    }
  }

  private void put(JobRecord record) {
    control.put(ControlKeys.JOB + record.request().id(), record.toJson());
  }

  private void forgetOld() {
    list().stream()
        .filter(record -> record.state().ended())
        .sorted(Comparator.comparingLong(JobRecord::endedMs).reversed())
        .skip(ENDED_MAX)
        .forEach(record -> control.delete(ControlKeys.JOB + record.request().id()));
  }
}
