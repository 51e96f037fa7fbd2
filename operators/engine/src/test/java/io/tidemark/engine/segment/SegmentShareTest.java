package io.tidemark.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentShareTest {
  @Test
  void aSegmentAloneIsAskedForAll() {
    for (int k : new int[] {1, 2, 10, 16_384}) {
      SegmentShare all = new SegmentShare(k, 1);
      assertThat(all.hits()).isEqualTo(k);
      assertThat(all.isExceededBy(k)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10, 0.5, 10, 8, 9",
    "10, 0.1, 6, 3, 4",
    "10, 0.001, 5, 3, 4",
    "1000, 0.1, 126, 123, 124",
    "16384, 0.25, 4237, 4234, 4235",
  })
  void aPartIsAskedForWhatChanceExplainsAndSomeMore(
      int k, double share, int hits, int expected, int surprising) {
    SegmentShare part = new SegmentShare(k, share);
    assertThat(part.hits()).isEqualTo(hits);
    assertThat(part.isExceededBy(expected)).isFalse();
    assertThat(part.isExceededBy(surprising)).isTrue();
  }

  @Test
  void whatIsNoShareIsRefused() {
    assertThatThrownBy(() -> new SegmentShare(10, 0)).hasMessageContaining("share of 0.0");
    assertThatThrownBy(() -> new SegmentShare(10, Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new SegmentShare(0, 1)).hasMessageContaining("of 0 hits");
  }
}
