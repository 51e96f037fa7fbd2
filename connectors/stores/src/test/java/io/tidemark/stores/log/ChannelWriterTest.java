package io.tidemark.stores.log;

import static io.tidemark.stores.log.LogFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogHeader;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.time.HybridTimestamp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelWriterTest {
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
  void timestampsAscendInTheLogUnderConcurrentAppendsAndOneFutureIsOneRecord() throws Exception {
    LogConfig config = kafka.log("ordering");
    List<Long> acknowledged = new ArrayList<>();
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
      List<CompletableFuture<Long>> appends = new ArrayList<>();
      List<Thread> threads =
          IntStream.range(0, 4)
              .mapToObj(thread ->
                  Thread.ofPlatform()
                      .start(() -> {
                        for (int i = 0; i < 1000; i++) {
                          CompletableFuture<Long> append =
                              writers.of(0).append(insert(7, thread * 1000L + i));
                          synchronized (appends) {
                            appends.add(append);
                          }
                        }
                      }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
      appends.forEach(append -> acknowledged.add(append.join()));
      assertThat(writers.of(0).lastAcknowledged())
          .isEqualTo(acknowledged.stream().mapToLong(t -> t).max().orElseThrow());
    }
    List<ConsumerRecord<byte[], byte[]>> messages = LogFixture.messages(config, 0);
    List<LogHeader> headers = LogFixture.read(config, 0);
    List<Long> timestamps = headers.stream().map(LogHeader::timestamp).toList();
    assertThat(timestamps).isSorted().doesNotHaveDuplicates();
    assertThat(
            headers.stream()
                .filter(header -> header.kind() == LogHeader.Kind.INSERT)
                .map(LogHeader::timestamp))
        .containsExactlyInAnyOrderElementsOf(acknowledged);
    for (int i = 0; i < messages.size(); i++) {
      assertThat(messages.get(i).timestamp())
          .isEqualTo(HybridTimestamp.physicalMs(timestamps.get(i)));
    }
  }

  @Test
  void timestampsGoOnAboveTheLogAndTheFloorAfterARestartWithTheClockSetBack() {
    LogConfig config = kafka.log("restart");
    long nowMs = System.currentTimeMillis();
    long first;
    try (ChannelWriters writers = ChannelWriters.open(config, () -> nowMs, 0)) {
      first = writers.of(1).append(insert(7, 1)).join();
      assertThat(writers.of(0).append(insert(7, 2)).join()).isGreaterThan(first);
    }
    long second;
    try (ChannelWriters writers = ChannelWriters.open(config, () -> nowMs - 7_200_000, 0)) {
      assertThat(writers.lastAcknowledged()).isGreaterThan(first);
      second = writers.of(1).append(insert(7, 3)).join();
      assertThat(second).isGreaterThan(first);
    }
    long floor = HybridTimestamp.ofMillis(nowMs + 100_000_000);
    try (ChannelWriters writers = ChannelWriters.open(config, () -> nowMs, floor)) {
      assertThat(writers.of(1).append(insert(7, 4)).join()).isGreaterThan(floor);
    }
    for (int pchannel = 0; pchannel < 2; pchannel++) {
      assertThat(LogFixture.read(config, pchannel).stream().map(LogHeader::timestamp))
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void everyPchannelTicksAboutFiveTimesASecond() throws Exception {
    LogConfig config = kafka.log("ticks");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
      Thread.sleep(2000);
    }
    for (int pchannel = 0; pchannel < 2; pchannel++) {
      assertThat(LogFixture.read(config, pchannel))
          .allMatch(header -> header.kind() == LogHeader.Kind.TIME_TICK)
          .hasSizeBetween(5, 12);
    }
  }

  @Test
  void aGuaranteeIsReachedAtOnceAndOneFarAheadIsRefused() {
    LogConfig config = kafka.log("reach");
    AtomicLong wall = new AtomicLong(System.currentTimeMillis());
    try (ChannelWriters writers = ChannelWriters.open(config, wall::get, 0)) {
      ChannelWriter writer = writers.of(0);
      long guarantee = HybridTimestamp.ofMillis(wall.get() + 30_000);
      writer.reach(guarantee);
      assertThat(writer.append(insert(7, 1)).join()).isGreaterThan(guarantee);
      assertThat(
              LogFixture.read(config, 0).stream()
                  .filter(header -> header.kind() == LogHeader.Kind.TIME_TICK)
                  .anyMatch(header -> header.timestamp() >= guarantee))
          .isTrue();

      long far = HybridTimestamp.ofMillis(wall.get() + 61_000);
      assertThatThrownBy(() -> writer.reach(far))
          .isInstanceOfSatisfying(
              TidemarkException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
          .hasMessageContaining("61000 ms ahead")
          .hasMessageContaining("60000");

      wall.addAndGet(-3_600_000);
      writer.reach(guarantee);
    }
  }

  @Test
  void aRecordOverTheLimitIsRefusedWithBothSizesAndOneAtTheLimitIsTaken() {
    LogConfig config = kafka.log("sizes");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
      CompletableFuture<Long> large = writers.of(0).append(text(81 << 20));
      assertThat(code(large)).isEqualTo(ErrorCode.INVALID_PARAMETER);
      assertThat(catchThrowable(large::join)).hasMessageContaining("the limit is 83886080");
      assertThat(writers.of(0).append(text((80 << 20) - 200)).join()).isPositive();
    }
    assertThat(LogFixture.messages(config, 0))
        .anyMatch(message -> message.value().length > (80 << 20) - 200);
  }

  private static LongFunction<LogRecord> text(int bytes) {
    return timestamp ->
        new LogRecord.Insert(
            timestamp,
            7,
            0,
            "_default",
            1,
            false,
            new EntityBatch(
                1,
                Map.of(
                    LogFixture.KEY_FIELD,
                    BytesColumn.ofStrings(DataType.VARCHAR, List.of("x".repeat(bytes))))));
  }

  @Test
  void aReadModifyWriteIsRefusedIfAKeyWasWrittenSince() {
    LogConfig config = kafka.log("since");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
      ChannelWriter writer = writers.of(0);
      LongColumn keys = LongColumn.of(new long[] {1, 2}, null);
      long read = writer.append(keys, insert(7, 1, 2)).join();
      long second = writer.appendUnlessWrittenSince(read, 7, List.of(2L), insert(7, 2)).join();
      assertThat(writer.appendUnlessWrittenSince(read, 7, List.of(1L), insert(7, 1)).join())
          .isGreaterThan(second);
      assertThat(writer.appendUnlessWrittenSince(read, 8, List.of(2L), insert(8, 2)).join())
          .isPositive();
      assertThatThrownBy(
              () -> writer.appendUnlessWrittenSince(read, 7, List.of(5L, 2L), insert(7, 2)).join())
          .hasCauseInstanceOf(KeysWrittenSinceException.class);
      assertThat(writer.appendUnlessWrittenSince(second, 7, List.of(2L), insert(7, 2)).join())
          .isPositive();

      long unknown = writer.append(insert(7, 9)).join();
      assertThatThrownBy(() ->
              writer.appendUnlessWrittenSince(unknown - 1, 7, List.of(3L), insert(7, 3)).join())
          .hasCauseInstanceOf(KeysWrittenSinceException.class);
    }
  }

  @Test
  void anAppendAfterTheCloseFailsRetriably() {
    LogConfig config = kafka.log("closed");
    ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
    writers.close();
    assertThat(code(writers.of(0).append(insert(7, 1)))).isEqualTo(ErrorCode.SERVICE_NOT_READY);
  }

  @Test
  void aProducerThatCannotGoOnIsReplacedAndTimestampsGoOnAscending() throws Exception {
    LogConfig config = kafka.log("replaced");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
      long first = writers.of(0).append(insert(7, 1)).join();
      writers.of(0).producer.kafkaNow().close();
      assertThat(code(writers.of(0).append(insert(7, 2)))).isEqualTo(ErrorCode.SERVICE_NOT_READY);
      long until = System.nanoTime() + LogFixture.SOON.toNanos();
      CompletableFuture<Long> again = writers.of(0).append(insert(7, 3));
      while (again.isCompletedExceptionally() && System.nanoTime() < until) {
        Thread.sleep(50);
        again = writers.of(0).append(insert(7, 3));
      }
      assertThat(again.join()).isGreaterThan(first);
    }
    assertThat(LogFixture.read(config, 0).stream().map(LogHeader::timestamp))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  static ErrorCode code(CompletableFuture<Long> append) {
    Throwable thrown = catchThrowable(append::join);
    assertThat(thrown).isInstanceOf(CompletionException.class);
    assertThat(thrown.getCause()).isInstanceOf(TidemarkException.class);
    return ((TidemarkException) thrown.getCause()).code();
  }
}
