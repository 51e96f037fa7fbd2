package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that were inserted more than once: their older rows take no other key's place. */
class DoubledKeyTest extends OverReadFixture {
  private static final int ROWS = 3_000;
  private static final float PLACE = 1_000.3f;
  private static final List<Object> NEAREST =
      List.of(1_000L, 1_001L, 999L, 1_002L, 998L, 1_003L, 997L, 1_004L);

  private static long[] keys() {
    return LongStream.range(0, ROWS).toArray();
  }

  private void assertEveryLimitIsFilled() {
    for (int limit = 1; limit <= NEAREST.size(); limit++) {
      assertThat(fixture.search(PLACE, limit)).isEqualTo(NEAREST.subList(0, limit));
    }
    assertThat(fixture.search(PLACE, 500)).hasSize(500).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 9})
  void inGrowingRows(int copies) throws Exception {
    fixture.load();
    for (int copy = 1; copy <= copies; copy++) {
      fixture.insert(copy, 0, ReadFixture.DEFAULT, false, ReadFixture.rows(keys()));
    }
    fixture.tick(20);
    assertEveryLimitIsFilled();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void inOneSegment(boolean indexed) throws Exception {
    Table table = fixture.table().iceberg();
    fixture.commit(
        0,
        10,
        List.of(
            fixture.data(table, 9, 0, ReadFixture.DEFAULT, keys()),
            fixture.data(table, 10, 0, ReadFixture.DEFAULT, keys())),
        List.of());
    if (indexed) {
      var unused = fixture.index();
    }
    fixture.load();
    fixture.tick(20);
    assertEveryLimitIsFilled();
  }

  @Test
  void inSeveralSegmentsAndTheTail() throws Exception {
    for (int n = 10; n < 14; n++) {
      fixture.commit(n, keys());
    }
    fixture.indexEach();
    fixture.load();
    fixture.insert(15, 0, ReadFixture.DEFAULT, false, ReadFixture.rows(keys()));
    fixture.insert(16, 0, ReadFixture.DEFAULT, false, ReadFixture.rows(keys()));
    fixture.tick(20);
    assertEveryLimitIsFilled();
  }

  @Test
  void inOneInsert() throws Exception {
    fixture.load();
    long[] twice = LongStream.concat(LongStream.of(keys()), LongStream.of(keys())).toArray();
    fixture.insert(1, 0, ReadFixture.DEFAULT, false, ReadFixture.rows(twice));
    fixture.tick(20);
    assertEveryLimitIsFilled();
  }

  /** One key a thousand times at the place that is asked for; its newest row is elsewhere. */
  @Test
  void aKeyOfVeryManyRowsWhoseNewestIsFar() throws Exception {
    fixture.load();
    fixture.insert(1, 0, ReadFixture.DEFAULT, false, ReadFixture.rows(keys()));
    long[] sevens = LongStream.generate(() -> 7).limit(1_000).toArray();
    fixture.insert(2, 0, ReadFixture.DEFAULT, false, ReadFixture.at(PLACE, "copy", sevens));
    fixture.insert(3, 0, ReadFixture.DEFAULT, false, ReadFixture.moved(7, -50_000, "far"));
    fixture.tick(20);
    assertThat(fixture.search(PLACE, 8)).isEqualTo(NEAREST);
    assertThat(fixture.search(PLACE, ROWS)).hasSize(ROWS).endsWith(7L);
  }
}
