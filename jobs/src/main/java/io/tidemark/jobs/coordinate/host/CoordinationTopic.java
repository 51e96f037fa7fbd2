package io.tidemark.jobs.coordinate.host;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.log.KafkaSettings;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topic that carries messages to functions: one partition, so that what one sends another
 * arrives in order. Messages are kept for a week: far longer than any checkpoint of the coordinator
 * lies back, and what has gone is found again in lake and control store.
 */
public final class CoordinationTopic {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String CONTROL = "control";
  private static final String COORDINATION = "coordination";

  private CoordinationTopic() {}

  /** {@code tidemark-coordination}, or what fits the log's other topics. */
  public static String name(LogConfig log) {
    return log.controlTopic().contains(CONTROL)
        ? log.controlTopic().replace(CONTROL, COORDINATION)
        : log.controlTopic() + "-" + COORDINATION;
  }

  /**
   * Creates it where it is missing.
   *
   * @throws TidemarkException SERVICE_NOT_READY if the broker does not answer
   */
  public static void ensure(LogConfig log) {
    NewTopic topic =
        new NewTopic(name(log), Optional.of(1), Optional.empty())
            .configs(
                Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_DELETE,
                    TopicConfig.RETENTION_MS_CONFIG,
                    String.valueOf(Duration.ofDays(7).toMillis()),
                    TopicConfig.SEGMENT_BYTES_CONFIG,
                    String.valueOf(16 << 20)));
    try (Admin admin = Admin.create(KafkaSettings.admin(log, "tidemark-topics", DEADLINE))) {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "topic "
                + name(log)
                + " cannot be made at "
                + log.bootstrapServers()
                + ": "
                + e.getCause(),
            e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY, "interrupted while creating topic " + name(log), e);
    }
  }
}
