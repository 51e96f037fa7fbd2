package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.host.EnvelopeProducer;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.JobRecord.State;
import io.tidemark.jobs.coordinate.record.JobRecords;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.TidemarkException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs that run at the moment, a thread each. Thread-safe. */
final class RunningJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningJobs.class);
  private static final long CLOSE_WAIT_MS = 20_000;
  private static final long TELL_PAUSE_MS = 500;
  private static final int REASON_MAX = 2000;

  private final JobRunner runner;
  private final ControlStore control;
  private final JobRecords records;
  private final EnvelopeProducer producer;
  private final ClassLoader classes;
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /** A job and why it shall stop, if it shall. */
  private static final class Running {
    final Thread thread;
    volatile @Nullable String stopped;

    Running(Thread thread) {
      this.thread = thread;
    }
  }

  RunningJobs(
      JobRunner runner, ControlStore control, EnvelopeProducer producer, ClassLoader classes) {
    this.runner = runner;
    this.control = control;
    this.records = new JobRecords(control);
    this.producer = producer;
    this.classes = classes;
  }

  void queued(JobRequest request) {
    records.queued(JobRecord.queued(request, System.currentTimeMillis()));
  }

  /** Runs it, unless it runs already; one that has ended is only told of again. */
  void launch(JobRequest request) {
    if (running.containsKey(request.id())) {
      return;
    }
    control.refresh();
    if (records.isCancelled(request.id())) {
      end(request, State.CANCELLED, "cancelled");
      return;
    }
    JobRecord record =
        records.change(
            JobRecord.queued(request, System.currentTimeMillis()),
            known -> known.started(System.currentTimeMillis()));
    if (record.state().ended()) {
      tell(record, false);
      return;
    }
    Thread thread =
        Thread.ofPlatform()
            .name("job-" + request.kind().command() + "-" + request.id())
            .daemon()
            .unstarted(() -> run(record));
    thread.setContextClassLoader(classes);
    running.put(request.id(), new Running(thread));
    thread.start();
  }

  /** Returns at once; how it ended is told when it has. */
  void stop(JobRequest request, String reason) {
    Running job = running.get(request.id());
    if (job == null) {
      end(request, State.CANCELLED, reason);
      return;
    }
    LOG.info("job is told to stop id={} reason={}", request.id(), reason);
    job.stopped = reason;
    job.thread.interrupt();
  }

  private void end(JobRequest request, State how, String message) {
    long nowMs = System.currentTimeMillis();
    tell(
        records.change(
            JobRecord.queued(request, nowMs), known -> known.ended(how, message, Map.of(), nowMs)),
        false);
  }

  private void run(JobRecord record) {
    JobRequest request = record.request();
    RecordedProgress progress = new RecordedProgress(records, record);
    JobRecord ended;
    boolean retriable = false;
    LOG.info(
        "job starts kind={} id={} collection={} asker={} attempt={}",
        request.kind().command(),
        request.id(),
        request.collectionId(),
        request.asker(),
        record.attempts());
    try {
      JobReport report = runner.run(request, progress);
      ended = progress.record().ended(State.DONE, "", report.figures(), now());
      LOG.info("job done kind={} id={} {}", request.kind().command(), request.id(), report);
    } catch (Exception | Error e) {
      String stopped = stopReason(request);
      if (closing && stopped == null) {
        // It goes on where the next launcher runs.
        LOG.info("job leaves with its launcher id={}", request.id());
        return;
      }
      retriable = stopped == null && mayWorkLater(e);
      ended =
          progress
              .record()
              .ended(
                  stopped == null ? State.FAILED : State.CANCELLED,
                  stopped == null ? reason(e) : stopped,
                  Map.of(),
                  now());
      LOG.warn(
          "job ended kind={} id={} state={} retriable={}",
          request.kind().command(),
          request.id(),
          ended.state(),
          retriable,
          e);
    }
    report(ended, retriable);
  }

  private @Nullable String stopReason(JobRequest request) {
    Running job = running.get(request.id());
    return job == null ? null : job.stopped;
  }

  /** Until it is written and told, or the launcher goes: then its successor runs the job again. */
  private void report(JobRecord ended, boolean retriable) {
    // Told to stop when it had just ended: its end still counts.
    boolean interrupted = Thread.interrupted();
    while (!closing) {
      try {
        records.change(ended, known -> ended);
        running.remove(ended.request().id());
        tell(ended, retriable);
        return;
      } catch (RuntimeException e) {
        LOG.warn("end of a job not told, tried again id={}", ended.request().id(), e);
        try {
          Thread.sleep(TELL_PAUSE_MS);
        } catch (InterruptedException stop) {
          LOG.debug("told to stop while telling interrupted_before={}", interrupted, stop);
        }
      }
    }
  }

  private void tell(JobRecord ended, boolean retriable) {
    producer.send(
        Functions.SLOTS,
        Functions.ALL,
        Message.TYPE,
        new Message.Ended(
            ended.request().id(), ended.state(), retriable, ended.message(), ended.figures()));
  }

  private static boolean mayWorkLater(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TidemarkException refusal) {
        return refusal.code().retriable();
      }
      if (cause instanceof IllegalArgumentException) {
        return false;
      }
    }
    return true;
  }

  /** What the innermost cause says, and where it was found. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof TidemarkException)) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : root.getMessage();
    String whole =
        root instanceof TidemarkException || root instanceof IllegalArgumentException
            ? message
            : root.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
    return whole.length() <= REASON_MAX ? whole : whole.substring(0, REASON_MAX) + "…";
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  @Override
  public void close() {
    closing = true;
    running.values().forEach(job -> job.thread.interrupt());
    long deadline = System.nanoTime() + CLOSE_WAIT_MS * 1_000_000;
    boolean interrupted = false;
    for (Running job : running.values()) {
      try {
        job.thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
