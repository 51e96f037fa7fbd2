package io.tidemark.connectors.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.connectors.source.RowCondition.All;
import io.tidemark.connectors.source.RowCondition.Any;
import io.tidemark.connectors.source.RowCondition.Compared;
import io.tidemark.connectors.source.RowCondition.Comparison;
import io.tidemark.connectors.source.RowCondition.IsNull;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowConditionTest {
  private static final int NUMBER = 100;
  private static final int TEXT = 101;
  private static final int EMPTY = 102;
  private static final int REAL = 103;
  private static final Map<Integer, Object> ROW = new HashMap<>();

  static {
    ROW.put(NUMBER, 5L);
    ROW.put(TEXT, "five");
    ROW.put(EMPTY, null);
    ROW.put(REAL, -0.0);
  }

  private static boolean holds(RowCondition condition) {
    return condition.holds(ROW::get);
  }

  @Test
  void numbersAreComparedExactly() {
    assertThat(holds(new Compared(NUMBER, Comparison.LESS, 6L))).isTrue();
    assertThat(holds(new Compared(NUMBER, Comparison.GREATER_OR_EQUAL, 6L))).isFalse();
    assertThat(holds(new Compared(NUMBER, Comparison.NOT_EQUAL, Long.MAX_VALUE))).isTrue();
    assertThat(holds(new Compared(REAL, Comparison.EQUAL, 0.0))).isTrue();
    assertThat(holds(new Compared(TEXT, Comparison.EQUAL, "five"))).isTrue();
  }

  @Test
  void nothingButIsNullHoldsOfANull() {
    for (Comparison comparison : Comparison.values()) {
      assertThat(holds(new Compared(EMPTY, comparison, 1L))).as(comparison.name()).isFalse();
    }
    assertThat(holds(new IsNull(EMPTY, true))).isTrue();
    assertThat(holds(new IsNull(NUMBER, true))).isFalse();
    assertThat(holds(new IsNull(NUMBER, false))).isTrue();
  }

  @Test
  void partsAreJoined() {
    RowCondition yes = new Compared(NUMBER, Comparison.EQUAL, 5L);
    RowCondition no = new Compared(NUMBER, Comparison.EQUAL, 4L);
    assertThat(holds(new All(List.of(yes, yes)))).isTrue();
    assertThat(holds(new All(List.of(yes, no)))).isFalse();
    assertThat(holds(new Any(List.of(no, yes)))).isTrue();
    assertThat(holds(new Any(List.of()))).isFalse();
    assertThat(new All(List.of(yes, new IsNull(EMPTY, true))).fields())
        .containsExactly(NUMBER, EMPTY);
  }
}
