package io.tidemark.model.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HybridClockTest {
  @Test
  void itNeverGoesBackWhenTheWallClockDoes() {
    AtomicLong wall = new AtomicLong(1_000);
    HybridClock clock = new HybridClock(wall::get, 0);
    long first = clock.next();
    wall.set(10);
    long second = clock.next();
    assertThat(first).isEqualTo(HybridTimestamp.ofMillis(1_000));
    assertThat(second).isEqualTo(first + 1);
  }

  @Test
  void itStartsAboveWhatItIsGiven() {
    HybridClock clock = new HybridClock(() -> 5, HybridTimestamp.ofMillis(9_000));
    assertThat(clock.next()).isGreaterThan(HybridTimestamp.ofMillis(9_000));
    clock.liftAbove(HybridTimestamp.ofMillis(20_000));
    assertThat(clock.next()).isGreaterThan(HybridTimestamp.ofMillis(20_000));
  }

  @Test
  void partsOfATimestampComeBack() {
    long timestamp = HybridTimestamp.of(1_700_000_000_123L, 42);
    assertThat(HybridTimestamp.physicalMs(timestamp)).isEqualTo(1_700_000_000_123L);
    assertThat(HybridTimestamp.logical(timestamp)).isEqualTo(42);
  }
}
