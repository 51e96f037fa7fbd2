package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.JobOrder;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.host.Egress;
import io.tidemark.jobs.coordinate.host.EnvelopeProducer;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.log.LogConfig;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Takes {@link JobOrder}s, runs the jobs in threads of its own and tells slots of each end through
 * the coordination topic.
 *
 * <p>It keeps nothing over a restart: it says that it is up, slots asks again for what should run,
 * and a job whose record says that it has ended is not run again.
 */
public final class JobLauncher implements Sink<byte[]> {
  private static final long serialVersionUID = 1L;

  private final LogConfig log;
  private final JobRunner runner;

  public JobLauncher(LogConfig log, JobRunner runner) {
    this.log = log;
    this.runner = runner;
  }

  @Override
  public SinkWriter<byte[]> createWriter(WriterInitContext context) throws IOException {
    if (context.getTaskInfo().getNumberOfParallelSubtasks() != 1) {
      throw new IllegalStateException(
          "jobs have one launcher, not " + context.getTaskInfo().getNumberOfParallelSubtasks());
    }
    ControlStore control = KafkaControlStore.open(log);
    EnvelopeProducer producer = EnvelopeProducer.open(log);
    Orders orders =
        new Orders(
            new RunningJobs(
                runner, control, producer, context.getUserCodeClassLoader().asClassLoader()),
            control,
            producer);
    try {
      producer.send(
          Functions.SLOTS,
          Functions.ALL,
          Message.TYPE,
          new Message.LauncherUp(UUID.randomUUID().toString()));
      return orders;
    } catch (RuntimeException e) {
      orders.close();
      throw e;
    }
  }

  private record Orders(RunningJobs jobs, ControlStore control, EnvelopeProducer producer)
      implements SinkWriter<byte[]> {
    @Override
    public void write(byte[] message, Context context) {
      switch (Egress.value(JobOrder.TYPE, message)) {
        case JobOrder.Queued queued -> jobs.queued(queued.request());
        case JobOrder.Launch launch -> jobs.launch(launch.request());
        case JobOrder.Stop stop -> jobs.stop(stop.request(), stop.reason());
      }
    }

    @Override
    public void flush(boolean endOfInput) {
      // What runs is in the memory of slots, and is asked for again.
    }

    @Override
    public void close() {
      jobs.close();
      producer.close();
      control.close();
    }
  }
}
