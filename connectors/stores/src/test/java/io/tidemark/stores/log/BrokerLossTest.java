package io.tidemark.stores.log;

import static io.tidemark.stores.log.LogFixture.SOON;
import static io.tidemark.stores.log.LogFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogHeader;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.embedded.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLossTest {
  private static final long SEED = Long.getLong("seed", 99);
  private static final int KILLS = Integer.getInteger("kills", 1);
  private static final WriterLimits QUICK =
      new WriterLimits(Duration.ofSeconds(2), 1 << 20, 10_000);

  @TempDir Path folder;

  private final AtomicInteger refused = new AtomicInteger();
  private final List<Throwable> unexpected = new CopyOnWriteArrayList<>();

  @Test
  void acknowledgedRecordsSurviveKillsOfTheBrokerOnceAndInOrder() throws Exception {
    System.out.println("seed=" + SEED);
    Random random = new Random(SEED);
    int port = LogFixture.freePort();
    Path home = folder.resolve("kafka");
    BrokerProcess broker = BrokerProcess.start(home, port, LogFixture.freePort());
    List<Long> acknowledged = new ArrayList<>();
    RecordingListener listener = new RecordingListener();
    LogConfig config = LogFixture.log("127.0.0.1:" + port, "kill");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0, QUICK);
        LogTails tails = LogTails.open(config)) {
      Subscription subscription = tails.subscribe(0, 7, 0, 0, listener);
      AtomicBoolean writing = new AtomicBoolean(true);
      Thread appender =
          Thread.ofPlatform().start(() -> appendUntil(writing, writers, acknowledged));
      for (int kill = 0; kill < KILLS; kill++) {
        Thread.sleep(500 + random.nextInt(500));
        broker.kill();
        Thread.sleep(random.nextInt(3000));
        broker = BrokerProcess.start(home, port, LogFixture.freePort());
        awaitAppend(writers);
      }
      writing.set(false);
      appender.join();
      assertThat(unexpected).isEmpty();
      acknowledged.add(appendSoon(writers));
      assertThat(subscription.await(acknowledged.getLast(), SOON)).isTrue();
      assertThat(listener.failure()).isNull();
      List<LogHeader> log = LogFixture.read(config, 0);
      assertThat(log.stream().map(LogHeader::timestamp)).isSorted().doesNotHaveDuplicates();
      List<Long> written =
          log.stream()
              .filter(header -> header.collectionId() == 7)
              .map(LogHeader::timestamp)
              .toList();
      assertThat(written).containsAll(acknowledged);
      assertThat(listener.timestamps()).isEqualTo(written);
      System.out.println(
          "acknowledged="
              + acknowledged.size()
              + " written="
              + written.size()
              + " refused="
              + refused.get());
    } finally {
      broker.close();
    }
  }

  private void appendUntil(AtomicBoolean writing, ChannelWriters writers, List<Long> acknowledged) {
    for (long key = 0; writing.get(); key++) {
      try {
        acknowledged.add(writers.of(0).append(insert(7, key)).join());
      } catch (CompletionException e) {
        refused.incrementAndGet();
        if (!(e.getCause() instanceof TidemarkException refusal)
            || refusal.code() != ErrorCode.SERVICE_NOT_READY) {
          unexpected.add(e);
        }
        pause(50);
      }
    }
  }

  private static void awaitAppend(ChannelWriters writers) {
    long until = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        writers.of(1).append(insert(7, 0)).join();
        return;
      } catch (CompletionException e) {
        if (System.nanoTime() > until) {
          throw e;
        }
        pause(50);
      }
    }
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void withoutTheBrokerAppendsFailWithinTheDeadlineThenAtOnceAndAllIsWellWhenItIsBack()
      throws Exception {
    try (LogFixture kafka = new LogFixture(folder)) {
      LogConfig config = kafka.log("away");
      try (ChannelWriters writers =
              ChannelWriters.open(config, System::currentTimeMillis, 0, QUICK);
          LogTails tails = LogTails.open(config);
          KafkaControlStore control = KafkaControlStore.open(config)) {
        RecordingListener listener = new RecordingListener();
        Subscription subscription = tails.subscribe(0, 7, 0, 0, listener);
        long first = writers.of(0).append(insert(7, 1)).join();
        assertThat(subscription.await(first, SOON)).isTrue();
        control.put("load/7", "{}");

        kafka.broker().close();
        long start = System.nanoTime();
        assertThat(ChannelWriterTest.code(writers.of(0).append(insert(7, 2))))
            .isEqualTo(ErrorCode.SERVICE_NOT_READY);
        // Kafka's own would be two minutes.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
        start = System.nanoTime();
        assertThat(ChannelWriterTest.code(writers.of(0).append(insert(7, 3))))
            .isEqualTo(ErrorCode.SERVICE_NOT_READY);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICK.appendDeadline());
        long consumed = subscription.consumed();
        assertThat(subscription.await(consumed + (1L << 18), Duration.ofMillis(500))).isFalse();
        assertThat(control.get("load/7")).contains("{}");

        kafka.startAgain();
        awaitAppend(writers);
        long again = appendSoon(writers);
        assertThat(subscription.await(again, SOON)).isTrue();
        assertThat(listener.timestamps()).contains(first, again);
        assertThat(listener.failure()).isNull();
        control.put("load/7", "again");
        assertThat(control.get("load/7")).contains("again");
      }
      assertThat(LogFixture.read(config, 0).stream().map(LogHeader::timestamp))
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  private static long appendSoon(ChannelWriters writers) {
    long until = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        return writers.of(0).append(insert(7, 4)).join();
      } catch (CompletionException e) {
        if (System.nanoTime() > until) {
          throw e;
        }
        pause(50);
      }
    }
  }
}
