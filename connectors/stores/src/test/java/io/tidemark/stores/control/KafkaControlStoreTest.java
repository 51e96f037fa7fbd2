package io.tidemark.stores.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.log.KafkaSettings;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogTopics;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaControlStoreTest {
  @TempDir static Path folder;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), freePort(), freePort());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static LogConfig log(String name) {
    LogConfig config =
        new LogConfig(broker.bootstrapServers(), name + "-log", name + "-control", 1);
    LogTopics.ensure(config);
    return config;
  }

  @Test
  void aWriteIsReadAtOnceListedByPrefixInOrderAndGoneWhenDeleted() {
    try (KafkaControlStore store = KafkaControlStore.open(log("own"))) {
      assertThat(store.get("alias/default/a")).isEmpty();
      store.put("alias/default/b", "books");
      store.put("alias/default/a", "übung");
      store.put("aliases", "no");
      store.put("load/1", "{}");
      assertThat(store.get("alias/default/a")).contains("übung");
      assertThat(store.list("alias/"))
          .containsExactly(
              Map.entry("alias/default/a", "übung"), Map.entry("alias/default/b", "books"));
      store.put("alias/default/b", "other");
      store.delete("alias/default/a");
      store.delete("never");
      assertThat(store.list("alias/")).containsExactly(Map.entry("alias/default/b", "other"));
    }
  }

  @Test
  void aRefreshShowsWhatAnotherStoreHasWritten() {
    LogConfig config = log("two");
    try (KafkaControlStore one = KafkaControlStore.open(config);
        KafkaControlStore two = KafkaControlStore.open(config)) {
      for (int i = 0; i < 50; i++) {
        one.put("position/0", String.valueOf(i));
        two.refresh();
        assertThat(two.get("position/0")).contains(String.valueOf(i));
      }
    }
  }

  @Test
  void whatWasWrittenIsThereAfterOpeningAgainAndAfterCompaction() throws Exception {
    LogConfig config = log("durable");
    compactSoon(config);
    try (KafkaControlStore store = KafkaControlStore.open(config)) {
      store.put("gone", "1");
      store.delete("gone");
      for (int i = 0; i < 500; i++) {
        store.put("position/" + i % 5, String.valueOf(i));
      }
      store.put("kept", "yes");
    }
    // The cleaner leaves the active segment alone: each new one closes the one before.
    long messages = Long.MAX_VALUE;
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    try (KafkaControlStore store = KafkaControlStore.open(config)) {
      while (messages > 100 && System.nanoTime() < until) {
        Thread.sleep(200);
        store.put("roll", "now");
        messages = messages(config);
      }
    }
    assertThat(messages).as("messages after compaction").isLessThanOrEqualTo(100);
    try (KafkaControlStore store = KafkaControlStore.open(config)) {
      assertThat(store.get("gone")).isEmpty();
      assertThat(store.get("kept")).contains("yes");
      assertThat(store.list("position/").values())
          .containsExactly("495", "496", "497", "498", "499");
    }
  }

  private static void compactSoon(LogConfig config) throws Exception {
    try (Admin admin = Admin.create(KafkaSettings.admin(config, "test", Duration.ofSeconds(10)))) {
      ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, config.controlTopic());
      admin
          .incrementalAlterConfigs(
              Map.of(
                  topic,
                  List.of(
                      set("segment.ms", "100"),
                      set("min.cleanable.dirty.ratio", "0.01"),
                      set("max.compaction.lag.ms", "100"))))
          .all()
          .get();
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.BROKER, ""),
                  List.of(set("log.cleaner.backoff.ms", "200"))))
          .all()
          .get();
    }
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private static long messages(LogConfig config) {
    TopicPartition partition = new TopicPartition(config.controlTopic(), 0);
    long messages = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(KafkaSettings.consumer(config, "test"))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        messages += consumer.poll(Duration.ofMillis(100)).count();
      }
    }
    return messages;
  }

  @Test
  void anEntryOverTheLimitIsRefused() {
    try (KafkaControlStore store = KafkaControlStore.open(log("large"))) {
      assertThatThrownBy(() -> store.put("k", "x".repeat(600_000)))
          .isInstanceOfSatisfying(
              TidemarkException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
          .hasMessageContaining("524288");
      assertThat(store.list("")).isEmpty();
    }
  }

  @Test
  void aTopicOfAnotherSizeIsRefused() {
    LogConfig config = log("sized");
    LogTopics.ensure(config);
    LogConfig other =
        new LogConfig(config.bootstrapServers(), config.dataTopic(), config.controlTopic(), 4);
    assertThatThrownBy(() -> LogTopics.ensure(other))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("has 1 partitions and 4 are configured");
  }
}
