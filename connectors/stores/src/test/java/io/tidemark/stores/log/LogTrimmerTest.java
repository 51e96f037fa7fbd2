package io.tidemark.stores.log;

import static io.tidemark.stores.log.LogFixture.insert;
import static io.tidemark.stores.log.LogFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.log.LogHeader;
import io.tidemark.model.log.LogRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTrimmerTest {
  private static final Duration SOON = Duration.ofSeconds(60);

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

  /**
   * Wherever the floor is, between records or at one: whoever subscribes at or above misses none.
   */
  @Test
  void nothingAboveTheFloorGoesAndReadersThereAreNotToldThatSomethingIsMissing() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("LogTrimmerTest -Dseed=" + seed);
    Random random = new Random(seed);
    LogConfig config = kafka.log("floors");
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0);
        LogTails tails = LogTails.open(config)) {
      List<Long> timestamps = new ArrayList<>();
      long next = 0;
      int floorAt = 0;
      for (int round = 0; round < 12; round++) {
        for (int i = random.nextInt(5); i >= 0; i--) {
          timestamps.add(writers.of(0).append(insert(7, ++next)).join());
          Thread.sleep(random.nextInt(4));
        }
        floorAt = floorAt + random.nextInt(timestamps.size() - floorAt);
        long floor = timestamps.get(floorAt) + random.nextInt(2) * (1L << random.nextInt(20));
        var trimmed = LogTrimmer.trim(config, Map.of(0, floor));
        assertThat(trimmed).containsOnlyKeys(0);
        List<Long> left =
            LogFixture.read(config, 0).stream().map(LogHeader::timestamp).sorted().toList();
        List<Long> needed = timestamps.stream().filter(timestamp -> timestamp > floor).toList();
        assertThat(left).as("seed %d, round %d", seed, round).containsAll(needed);
        RecordingListener reader = new RecordingListener();
        long last = timestamps.getLast();
        try (Subscription reading = tails.subscribe(0, 7, 0, floor, reader)) {
          assertThat(reading.await(last, SOON)).as("seed %d, round %d", seed, round).isTrue();
          assertThat(reader.records()).extracting(LogRecord::timestamp).isEqualTo(needed);
        }
      }
    }
  }

  @Test
  void theLastRecordStaysSoThatTheNextWriterGoesOnAboveIt() throws Exception {
    LogConfig config = kafka.log("last");
    long last;
    try (ChannelWriters writers = ChannelWriters.open(config, System::currentTimeMillis, 0)) {
      for (long key = 1; key < 20; key++) {
        writers.of(0).append(insert(7, key)).join();
      }
    }
    List<LogHeader> before = LogFixture.read(config, 0);
    last = before.getLast().timestamp();
    var trimmed = LogTrimmer.trim(config, Map.of(0, Long.MAX_VALUE >> 1, 1, Long.MAX_VALUE >> 1));
    assertThat(trimmed.get(0).records()).isPositive();
    List<LogHeader> after = LogFixture.read(config, 0);
    assertThat(after).hasSizeBetween(1, before.size() - 1);
    assertThat(after.getLast().timestamp()).isEqualTo(last);
    assertThat(LogTrimmer.trim(config, Map.of(0, Long.MAX_VALUE >> 1)).get(0).records()).isZero();
    // A clock that was set back: without the last record the writer would repeat timestamps.
    try (ChannelWriters writers = ChannelWriters.open(config, () -> 1_000, 0);
        LogTails tails = LogTails.open(config)) {
      long next = writers.of(0).append(insert(7, 20)).join();
      assertThat(next).isGreaterThan(last);
      RecordingListener reader = new RecordingListener();
      assertThat(tails.subscribe(0, 7, 0, last, reader).await(next, SOON)).isTrue();
      assertThat(reader.records()).extracting(record -> key(record)).containsExactly(20L);
    }
  }

  @Test
  void aPchannelWithoutRecordsIsLeftAlone() {
    LogConfig config = kafka.log("empty");
    assertThat(LogTrimmer.trim(config, Map.of(0, 1L << 40, 1, 1L << 40)).values())
        .allMatch(trimmed -> trimmed.records() == 0 && trimmed.begin() == 0);
  }
}
