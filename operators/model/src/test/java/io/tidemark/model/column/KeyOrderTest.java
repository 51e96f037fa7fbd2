package io.tidemark.model.column;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
  @Test
  void textsAreInTheOrderOfTheirUtf8Bytes() {
    List<String> texts =
        List.of(
            "", "a", "ab", "b", "é", "\uD7FF", "\uE000", "Ａ", "\uFFFF", "😀", "😀a", "😁", "🤖");
    for (String a : texts) {
      for (String b : texts) {
        int bytes =
            Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(KeyOrder.INSTANCE.compare(a, b)))
            .as("%s and %s", a, b)
            .isEqualTo(Integer.signum(bytes));
      }
    }
  }

  @Test
  void numbersAreInTheirOwn() {
    assertThat(KeyOrder.INSTANCE.compare(-1L, 1L)).isNegative();
    assertThat(KeyOrder.INSTANCE.compare(Long.MAX_VALUE, Long.MIN_VALUE)).isPositive();
    assertThat(KeyOrder.INSTANCE.compare(10L, 10L)).isZero();
  }
}
