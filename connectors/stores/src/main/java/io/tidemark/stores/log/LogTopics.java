package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The two topics of a log.
 *
 * <p>The data topic keeps everything until it is trimmed, and takes any record timestamp: after the
 * wall clock was set back, records lie in the broker's future, which Kafka would refuse beyond an
 * hour. The control topic is compacted, in small segments so that reading it at the start is quick.
 */
public final class LogTopics {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final long RETRY_MS = 20;
  private static final String FOREVER = "-1";
  private static final int CONTROL_SEGMENT_BYTES = 4 << 20;
  private static final int CONTROL_MESSAGE_BYTES_MAX = 1 << 20;

  private LogTopics() {}

  /**
   * Creates what is missing; returns once both are there.
   *
   * @throws TidemarkException SERVICE_NOT_READY if the broker does not answer; UNEXPECTED if a
   *     topic has another number of partitions or would lose records
   */
  public static void ensure(LogConfig config) {
    String brokers = config.bootstrapServers();
    try (Admin admin = Admin.create(KafkaSettings.admin(config, "tidemark-topics", DEADLINE))) {
      create(admin, data(config));
      create(admin, control(config));
      verify(admin, config);
    } catch (ExecutionException e) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          "the log's topics cannot be made ready at " + brokers + ": " + cause(e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY, "interrupted while creating the log's topics", e);
    }
  }

  private static NewTopic data(LogConfig config) {
    return new NewTopic(config.dataTopic(), Optional.of(config.pchannels()), Optional.empty())
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                FOREVER,
                TopicConfig.RETENTION_BYTES_CONFIG,
                FOREVER,
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                "CreateTime",
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
                String.valueOf(Long.MAX_VALUE),
                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
                String.valueOf(Long.MAX_VALUE),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(KafkaSettings.MESSAGE_BYTES_MAX)));
  }

  private static NewTopic control(LogConfig config) {
    return new NewTopic(config.controlTopic(), Optional.of(1), Optional.empty())
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.SEGMENT_BYTES_CONFIG,
                String.valueOf(CONTROL_SEGMENT_BYTES),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(CONTROL_MESSAGE_BYTES_MAX),
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                "0.5"));
  }

  private static void create(Admin admin, NewTopic topic)
      throws ExecutionException, InterruptedException {
    try {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private static void verify(Admin admin, LogConfig config)
      throws ExecutionException, InterruptedException {
    long until = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try {
        verifyOnce(admin, config);
        return;
      } catch (ExecutionException e) {
        // A broker learns of a new topic a moment after the controller has made it.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > until) {
          throw e;
        }
        Thread.sleep(RETRY_MS);
      }
    }
  }

  private static void verifyOnce(Admin admin, LogConfig config)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> topics =
        admin
            .describeTopics(List.of(config.dataTopic(), config.controlTopic()))
            .allTopicNames()
            .get();
    partitions(topics, config.dataTopic(), config.pchannels());
    partitions(topics, config.controlTopic(), 1);
    setting(admin, config.dataTopic(), TopicConfig.CLEANUP_POLICY_CONFIG, "delete");
    setting(admin, config.dataTopic(), TopicConfig.RETENTION_MS_CONFIG, FOREVER);
    setting(admin, config.dataTopic(), TopicConfig.RETENTION_BYTES_CONFIG, FOREVER);
    setting(admin, config.controlTopic(), TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
  }

  private static void partitions(
      Map<String, TopicDescription> topics, String topic, int partitions) {
    TopicDescription description = topics.get(topic);
    int found = description == null ? 0 : description.partitions().size();
    if (found != partitions) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          "topic "
              + topic
              + " has "
              + found
              + " partitions and "
              + partitions
              + " are configured: the number is fixed once the topic exists, configure "
              + found);
    }
  }

  private static void setting(Admin admin, String topic, String name, String expected)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config described = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    ConfigEntry entry = described == null ? null : described.get(name);
    String found = entry == null ? null : entry.value();
    if (!expected.equals(found)) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          "topic "
              + topic
              + " has "
              + name
              + "="
              + found
              + " and would lose records: set it to "
              + expected);
    }
  }

  private static String cause(ExecutionException e) {
    return String.valueOf(e.getCause());
  }
}
