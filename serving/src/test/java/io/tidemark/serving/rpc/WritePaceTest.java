package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import org.junit.jupiter.api.Test;

class WritePaceTest {
  @Test
  void writesAreSlowedBeforeTheyAreRefused() {
    assertThat(WritePace.delayMs(0)).isZero();
    assertThat(WritePace.delayMs(0.75)).isZero();
    assertThat(WritePace.delayMs(0.8)).isEqualTo(100);
    assertThat(WritePace.delayMs(0.99)).isEqualTo(480);
    WritePace.await(0.76);
    assertThatThrownBy(() -> WritePace.await(1.03))
        .isInstanceOfSatisfying(
            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMIT))
        .hasMessageContaining("103 % of the memory")
        .hasMessageContaining("retry");
  }
}
