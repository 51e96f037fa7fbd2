package io.tidemark.stores.log;

import static io.tidemark.stores.log.LogFixture.SOON;
import static io.tidemark.stores.log.LogFixture.insert;
import static io.tidemark.stores.log.LogFixture.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailsTest {
  private static final long SEED = Long.getLong("seed", 20260101);

  @TempDir static Path folder;
  private static LogFixture kafka;

  @BeforeAll
  static void start() throws Exception {
    kafka = new LogFixture(folder);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void aSubscriptionGetsWhatLiesAfterItsPlaceThenWhatIsNewAndNothingOfOthers() throws Exception {
    LogConfig config = kafka.log("follow");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      ChannelWriter writer = writers.of(0);
      long first = writer.append(insert(7, 1)).join();
      long second = writer.append(insert(7, 2)).join();
      writer.append(insert(8, 100)).join();
      RecordingListener listener = new RecordingListener();
      Subscription subscription = tails.subscribe(0, 7, 0, first, listener);
      long third = writer.append(insert(7, 3)).join();
      assertThat(subscription.await(third, SOON)).isTrue();
      assertThat(listener.records()).extracting(LogFixture::key).containsExactly(2L, 3L);
      assertThat(listener.timestamps()).containsExactly(second, third);
      assertThat(subscription.consumed()).isGreaterThanOrEqualTo(third);

      writers.of(1).append(insert(7, 4)).join();
      long other = writer.append(insert(8, 101)).join();
      assertThat(subscription.await(other, SOON)).isTrue();
      assertThat(listener.records()).hasSize(2);

      long guarantee = writers.allocate() + (5000L << 18);
      writer.reach(guarantee);
      assertThat(subscription.await(guarantee, SOON)).isTrue();

      subscription.close();
      writer.append(insert(7, 5)).join();
      assertThat(subscription.await(Long.MAX_VALUE, Duration.ofMillis(300))).isFalse();
      assertThat(listener.records()).hasSize(2);
      assertThat(listener.failure()).isNull();
    }
  }

  @Test
  void handOversUnderConcurrentWritesLoseDoubleAndReorderNothing() throws Exception {
    System.out.println("seed=" + SEED);
    Random random = new Random(SEED);
    LogConfig config = kafka.log("handover");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      AtomicBoolean writing = new AtomicBoolean(true);
      List<CompletableFuture<Long>> appends = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (long key = 0; writing.get(); key++) {
                    CompletableFuture<Long> append = writers.of(0).append(insert(7, key));
                    synchronized (appends) {
                      appends.add(append);
                    }
                    if (key % 16 == 0) {
                      append.join();
                    }
                  }
                }));
      }
      List<Long> places = new ArrayList<>();
      List<RecordingListener> listeners = new ArrayList<>();
      List<Subscription> subscriptions = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Thread.sleep(random.nextInt(200));
        CompletableFuture<Long> place;
        synchronized (appends) {
          place =
              i == 0
                  ? CompletableFuture.completedFuture(0L)
                  : appends.get(random.nextInt(appends.size()));
        }
        places.add(place.join());
        RecordingListener listener = new RecordingListener();
        listener.recordMs = i == 3 ? 1 : 0;
        listeners.add(listener);
        subscriptions.add(tails.subscribe(0, 7, 0, places.getLast(), listener));
        listener.recordMs = 0;
      }
      writing.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
      List<Long> written = appends.stream().map(CompletableFuture::join).sorted().toList();
      for (int i = 0; i < subscriptions.size(); i++) {
        assertThat(subscriptions.get(i).await(written.getLast(), SOON)).isTrue();
        long place = places.get(i);
        assertThat(listeners.get(i).timestamps())
            .as("subscription %s after %s of %s records", i, place, written.size())
            .isEqualTo(written.stream().filter(timestamp -> timestamp > place).toList());
      }
    }
  }

  @Test
  void moreThanIsKeptWhileCatchingUpIsReadAgainFromTheLog() throws Exception {
    LogConfig config = kafka.log("overflow");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      ChannelWriter writer = writers.of(0);
      List<Long> written = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        written.add(writer.append(insert(7, i)).join());
      }
      RecordingListener listener = new RecordingListener();
      listener.recordMs = 100;
      Subscription subscription = tails.subscribe(0, 7, 0, 0, listener);
      long[] keys = new long[1 << 20];
      for (int i = 0; i < 8; i++) {
        written.add(writer.append(insert(7, keys)).join());
      }
      listener.recordMs = 0;
      written.add(writer.append(insert(7, 99)).join());
      assertThat(subscription.await(written.getLast(), SOON)).isTrue();
      assertThat(listener.timestamps()).isEqualTo(written);
    }
  }

  @Test
  void theTwoShardsOfACollectionOnOnePchannelAreApart() throws Exception {
    LogConfig config = kafka.log("shards");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      RecordingListener zero = new RecordingListener();
      RecordingListener one = new RecordingListener();
      Subscription ofZero = tails.subscribe(0, 7, 0, 0, zero);
      Subscription ofOne = tails.subscribe(0, 7, 1, 0, one);
      long flushZero = writers.of(0).append(t -> new LogRecord.Flush(t, 7, 0)).join();
      long flushOne = writers.of(0).append(t -> new LogRecord.Flush(t, 7, 1)).join();
      assertThat(ofZero.await(flushOne, SOON)).isTrue();
      assertThat(ofOne.await(flushOne, SOON)).isTrue();
      assertThat(zero.timestamps()).containsExactly(flushZero);
      assertThat(one.timestamps()).containsExactly(flushOne);
    }
  }

  @Test
  void aMessageThatIsNoRecordIsSetAsideAndACorruptOneFailsItsVchannelOnly() throws Exception {
    LogConfig config = kafka.log("poison");
    try (LogTails tails = LogTails.open(config)) {
      RecordingListener victim = new RecordingListener();
      RecordingListener other = new RecordingListener();
      Subscription ofVictim = tails.subscribe(0, 7, 0, 0, victim);
      Subscription ofOther = tails.subscribe(0, 8, 0, 0, other);
      long corruptAt;
      try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
        long first = writers.of(0).append(insert(7, 1)).join();
        assertThat(ofVictim.await(first, SOON)).isTrue();
        corruptAt = writers.allocate() + (1000L << 18);
      }
      byte[] corrupt = LogRecordCodec.encode(insert(7, 2).apply(corruptAt));
      corrupt[corrupt.length - 1] ^= 1;
      write(config, "garbage".getBytes(UTF_8));
      write(config, corrupt);
      write(config, "garbage".getBytes(UTF_8));
      long last;
      try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
        last = writers.of(0).append(insert(8, 3)).join();
        assertThat(last).isGreaterThan(corruptAt);
        assertThat(ofOther.await(last, SOON)).isTrue();
      }
      assertThat(other.records()).extracting(LogFixture::key).containsExactly(3L);
      assertThat(tails.recordsSetAside()).isEqualTo(2);

      assertThat(victim.awaitFailure())
          .hasMessageContaining("offset")
          .hasMessageContaining("corrupt");
      assertThatThrownBy(() -> ofVictim.await(last, SOON))
          .isInstanceOf(TidemarkException.class)
          .hasMessageContaining("corrupt");
      assertThat(victim.records()).hasSize(1);

      RecordingListener late = new RecordingListener();
      tails.subscribe(0, 7, 0, 0, late);
      assertThat(late.awaitFailure()).hasMessageContaining("corrupt");
      RecordingListener beyond = new RecordingListener();
      assertThat(tails.subscribe(0, 7, 0, corruptAt, beyond).await(last, SOON)).isTrue();
    }
  }

  private static void write(LogConfig config, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(KafkaSettings.producer(config, "test", Duration.ofSeconds(10), 1))) {
      producer.send(new ProducerRecord<>(config.dataTopic(), 0, null, value)).get();
    }
  }

  @Test
  void aSubscriptionAfterAPlaceThatWasTrimmedFailsAndOneAtTheTrimmedEdgeDoesNot() throws Exception {
    LogConfig config = kafka.log("trimmed");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      long first = writers.of(0).append(insert(7, 1)).join();
      Thread.sleep(5);
      long second = writers.of(0).append(insert(7, 2)).join();
      Thread.sleep(5);
      long third = writers.of(0).append(insert(7, 3)).join();
      long offset =
          LogFixture.messages(config, 0).stream()
              .filter(message -> LogRecordCodec.header(message.value()).timestamp() == second)
              .findAny()
              .orElseThrow()
              .offset();
      try (Admin admin = Admin.create(KafkaSettings.admin(config, "test", SOON))) {
        admin
            .deleteRecords(
                Map.of(
                    new TopicPartition(config.dataTopic(), 0),
                    RecordsToDelete.beforeOffset(offset)))
            .all()
            .get();
      }
      RecordingListener tooLate = new RecordingListener();
      tails.subscribe(0, 7, 0, first, tooLate);
      assertThat(tooLate.awaitFailure()).hasMessageContaining("trimmed");

      RecordingListener inTime = new RecordingListener();
      assertThat(tails.subscribe(0, 7, 0, second, inTime).await(third, SOON)).isTrue();
      assertThat(inTime.records()).extracting(record -> key(record)).containsExactly(3L);
    }
  }

  @Test
  void aListenerThatThrowsLosesItsSubscriptionAndNobodyElses() throws Exception {
    LogConfig config = kafka.log("throwing");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      RecordingListener fine = new RecordingListener();
      RecordingListener broken = new RecordingListener();
      LogListener throwing =
          new LogListener() {
            @Override
            public void onRecord(LogRecord.Channel record) {
              throw new IllegalArgumentException("no room");
            }

            @Override
            public void onProgress(long consumedTimestamp) {}

            @Override
            public void onFailure(Throwable failure) {
              broken.onFailure(failure);
            }
          };
      Subscription good = tails.subscribe(0, 7, 0, 0, fine);
      tails.subscribe(0, 7, 0, 0, throwing);
      long last = writers.of(0).append(insert(7, 1)).join();
      assertThat(good.await(last, SOON)).isTrue();
      assertThat(broken.awaitFailure()).hasMessage("no room");
      assertThat(fine.records()).hasSize(1);
    }
  }
}
