package io.tidemark.jobs.coordinate.launch;

import io.tidemark.jobs.coordinate.function.StateChange;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.log.LogConfig;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Writes {@link StateChange}s into the control store, in their order; one that is no news is not.
 */
public final class StateWriter implements Sink<StateChange> {
  private static final long serialVersionUID = 1L;

  private final LogConfig log;

  public StateWriter(LogConfig log) {
    this.log = log;
  }

  @Override
  public SinkWriter<StateChange> createWriter(WriterInitContext context) {
    return new Writer(KafkaControlStore.open(log));
  }

  private record Writer(ControlStore control) implements SinkWriter<StateChange> {
    @Override
    public void write(StateChange change, Context context) {
      String known = control.get(change.key()).orElse(null);
      String json = change.json();
      if (json == null) {
        if (known != null) {
          control.delete(change.key());
        }
      } else if (!json.equals(known)) {
        control.put(change.key(), json);
      }
    }

    @Override
    public void flush(boolean endOfInput) {
      // Each change is durable when put() returns.
    }

    @Override
    public void close() {
      control.close();
    }
  }
}
