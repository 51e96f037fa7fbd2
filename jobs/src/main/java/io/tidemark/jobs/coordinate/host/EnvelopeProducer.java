package io.tidemark.jobs.coordinate.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.log.KafkaSettings;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Sends messages to functions from outside of the operator that hosts them. Thread-safe. */
public final class EnvelopeProducer implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int IN_FLIGHT_BYTES_MAX = 1 << 20;

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;

  private EnvelopeProducer(LogConfig log) {
    this.topic = CoordinationTopic.name(log);
    this.producer =
        new KafkaProducer<>(
            KafkaSettings.producer(log, "tidemark-coordination", DEADLINE, IN_FLIGHT_BYTES_MAX));
  }

  public static EnvelopeProducer open(LogConfig log) {
    return new EnvelopeProducer(log);
  }

  /**
   * Returns once the broker has it.
   *
   * @throws TidemarkException SERVICE_NOT_READY if that is not sure: it may be there, send it again
   */
  public <T> void send(TypeName function, String id, Type<T> type, T message) {
    byte[] envelope = Envelope.of(function, id, type, message);
    try {
      producer
          .send(new ProducerRecord<>(topic, Envelope.target(envelope).getBytes(UTF_8), envelope))
          .get(2 * DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException | IllegalStateException e) {
      throw notSent(function, id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notSent(function, id, e);
    }
  }

  private TidemarkException notSent(TypeName function, String id, Exception cause) {
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "topic "
            + topic
            + ": a message to "
            + function.asTypeNameString()
            + "/"
            + id
            + " was not confirmed; it may be there, repeat it ("
            + cause
            + ")",
        cause);
  }

  @Override
  public void close() {
    producer.close(DEADLINE);
  }
}
