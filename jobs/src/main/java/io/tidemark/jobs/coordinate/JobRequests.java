package io.tidemark.jobs.coordinate;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.host.CoordinationTopic;
import io.tidemark.jobs.coordinate.host.EnvelopeProducer;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.JobRecords;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.log.LogConfig;
import java.util.List;
import java.util.Optional;

/**
 * Asks the coordinator for jobs, whether or not it runs at the moment, and tells how far they are.
 * Thread-safe.
 *
 * <p>A request is first written down in the control store, then the coordinator is told: should it
 * not hear of it, it finds the record.
 */
public final class JobRequests implements AutoCloseable {
  private final ControlStore control;
  private final boolean ownsControl;
  private final JobRecords records;
  private final EnvelopeProducer producer;

  private JobRequests(ControlStore control, boolean ownsControl, EnvelopeProducer producer) {
    this.control = control;
    this.ownsControl = ownsControl;
    this.records = new JobRecords(control);
    this.producer = producer;
  }

  /** With a control store of its own. */
  public static JobRequests open(LogConfig log) {
    return open(log, KafkaControlStore.open(log), true);
  }

  /** Over a control store that the caller closes. */
  public static JobRequests open(LogConfig log, ControlStore control) {
    return open(log, control, false);
  }

  private static JobRequests open(LogConfig log, ControlStore control, boolean owned) {
    try {
      CoordinationTopic.ensure(log);
      return new JobRequests(control, owned, EnvelopeProducer.open(log));
    } catch (RuntimeException e) {
      if (owned) {
        control.close();
      }
      throw e;
    }
  }

  /**
   * Durable when it returns. A request with an id that is known asks for nothing new.
   *
   * @throws io.tidemark.model.error.TidemarkException SERVICE_NOT_READY if that is not sure: submit
   *     it again with the same id
   */
  public JobRecord submit(JobRequest request) {
    control.refresh();
    records.queued(JobRecord.queued(request, System.currentTimeMillis()));
    producer.send(Functions.SLOTS, Functions.ALL, Message.TYPE, new Message.Ask(request));
    return records.get(request.id()).orElseThrow();
  }

  /** Asks that the job does not start, or stops. Whether it did, its record says. */
  public void cancel(String requestId) {
    if (records.get(requestId).filter(record -> !record.state().ended()).isEmpty()) {
      return;
    }
    records.cancel(requestId);
    producer.send(Functions.SLOTS, Functions.ALL, Message.TYPE, new Message.Cancel(requestId));
  }

  /** How far a request is; empty if there was none of this id, or it ended long ago. */
  public Optional<JobRecord> record(String requestId) {
    return records.get(requestId);
  }

  /** All records there are, the youngest request first. */
  public List<JobRecord> records() {
    return records.list();
  }

  @Override
  public void close() {
    producer.close();
    if (ownsControl) {
      control.close();
    }
  }
}
