package io.tidemark.stores.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentWritesTest {
  @Test
  void aKeyCountsAsWrittenAfterEarlierTimestampsOnly() {
    RecentWrites writes = new RecentWrites(10, 5);
    writes.written(1, "a", 10);
    assertThat(writes.writtenAfter(9, 1, List.of("a"))).isEqualTo(10);
    assertThat(writes.writtenAfter(10, 1, List.of("a"))).isZero();
    assertThat(writes.writtenAfter(9, 1, List.of("b"))).isZero();
    assertThat(writes.writtenAfter(9, 2, List.of("a"))).isZero();
    assertThat(writes.writtenAfter(0, 2, List.of())).isZero();
  }

  @Test
  void whatWasBeforeTheStartOrIsForgottenCountsAsWritten() {
    RecentWrites writes = new RecentWrites(2, 5);
    assertThat(writes.writtenAfter(4, 1, List.of(1L))).isEqualTo(5);
    assertThat(writes.writtenAfter(5, 1, List.of(1L))).isZero();
    writes.written(1, 1L, 10);
    writes.written(1, 2L, 11);
    writes.written(1, 1L, 12);
    writes.written(1, 3L, 13);
    assertThat(writes.horizon()).isEqualTo(11);
    assertThat(writes.writtenAfter(10, 1, List.of(9L))).isEqualTo(11);
    assertThat(writes.writtenAfter(11, 1, List.of(1L))).isEqualTo(12);
    assertThat(writes.writtenAfter(11, 1, List.of(2L))).isZero();
  }

  @Test
  void aWriteOfUnknownKeysCountsForItsWholeCollection() {
    RecentWrites writes = new RecentWrites(10, 0);
    writes.writtenUnknown(1, 10);
    assertThat(writes.writtenAfter(9, 1, List.of("x"))).isEqualTo(10);
    assertThat(writes.writtenAfter(9, 2, List.of("x"))).isZero();
  }

  @Test
  void noWriteIsEverMissed() {
    long seed = Long.getLong("seed", 4711);
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    RecentWrites writes = new RecentWrites(50, 0);
    Map<Long, Long> all = new HashMap<>();
    for (long timestamp = 1; timestamp <= 5000; timestamp++) {
      long key = random.nextInt(200);
      writes.written(1, key, timestamp);
      all.put(key, timestamp);
      long asked = random.nextInt(200);
      long since = Math.max(0, timestamp - random.nextInt(100));
      boolean written = all.getOrDefault(asked, 0L) > since;
      long answer = writes.writtenAfter(since, 1, List.of(asked));
      if (written) {
        assertThat(answer).isGreaterThan(since);
      } else if (answer != 0) {
        assertThat(writes.horizon()).isGreaterThan(since);
      }
    }
  }
}
