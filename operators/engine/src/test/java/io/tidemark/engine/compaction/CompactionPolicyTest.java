package io.tidemark.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.compaction.CompactionGroup.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompactionPolicyTest {
  private static final long NOW = 1_000_000;
  private static final CompactionLimits LIMITS =
      new CompactionLimits(64L << 20, 100_000, 8, 0.2, 30_000);
  private static final CompactionPolicy POLICY = new CompactionPolicy(LIMITS);

  private static CompactionUnit unit(int number, long rows, long dead) {
    return unit(number, 1, rows, dead);
  }

  private static CompactionUnit unit(int number, int files, long rows, long dead) {
    return new CompactionUnit(number, "_default", 0, files, rows, rows * 100, dead, 0, number);
  }

  private static List<CompactionUnit> small(int count, long rows) {
    return IntStream.range(0, count).mapToObj(i -> unit(i, rows, 0)).toList();
  }

  @Test
  void smallUnitsAreMergedOnceThereAreEnoughOfThem() {
    assertThat(POLICY.choose(small(7, 100), NOW, false)).isEmpty();
    assertThat(POLICY.choose(small(8, 100), NOW, false))
        .singleElement()
        .satisfies(group -> {
          assertThat(group.reason()).isEqualTo(Reason.SMALL);
          assertThat(group.rows()).isEqualTo(800);
        });
  }

  @Test
  void unitsOfAnotherSizeAreNotMergedWithThem() {
    List<CompactionUnit> units = new ArrayList<>(small(8, 100));
    units.add(unit(100, 20_000, 0));
    assertThat(POLICY.choose(units, NOW, false))
        .singleElement()
        .satisfies(group -> assertThat(group.units()).hasSize(8));
  }

  @Test
  void partitionsAndShardsAreKeptApart() {
    List<CompactionUnit> units = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      units.add(new CompactionUnit(i, i % 2 == 0 ? "a" : "b", i % 4 / 2, 1, 10, 1000, 0, 0, 0));
    }
    assertThat(POLICY.choose(units, NOW, false)).isEmpty();
    assertThat(POLICY.choose(units, NOW, true)).hasSize(4);
  }

  @Test
  void whatWasWrittenJustNowIsLeftAlone() {
    List<CompactionUnit> units = small(8, 100);
    assertThat(POLICY.choose(units, LIMITS.quietMs(), false)).isEmpty();
    assertThat(POLICY.choose(units, LIMITS.quietMs(), true)).hasSize(1);
  }

  @Test
  void aUnitWithManyDeadOrExpiredRowsIsRewrittenHoweverLargeItIs() {
    assertThat(POLICY.choose(List.of(unit(1, 100_000, 19_000)), NOW, false)).isEmpty();
    assertThat(POLICY.choose(List.of(unit(1, 100_000, 20_000)), NOW, false))
        .singleElement()
        .satisfies(group -> assertThat(group.reason()).isEqualTo(Reason.DEAD));
    CompactionUnit expired = new CompactionUnit(1, "p", 0, 1, 100, 100, 10, 10, 0);
    assertThat(POLICY.choose(List.of(expired), NOW, false)).hasSize(1);
  }

  @Test
  void aFullSegmentIsLeftAloneUnlessItHasManyFiles() {
    assertThat(POLICY.choose(small(20, 50_000), NOW, false)).isEmpty();
    assertThat(POLICY.choose(small(20, 50_000), NOW, true)).isEmpty();
    assertThat(POLICY.choose(List.of(unit(1, 8, 50_000, 0)), NOW, false))
        .singleElement()
        .satisfies(group -> assertThat(group.reason()).isEqualTo(Reason.FILES));
  }

  @Test
  void aGroupMakesOneSegmentAtMost() {
    List<CompactionGroup> groups = POLICY.choose(small(30, 13_000), NOW, false);
    assertThat(groups).hasSizeGreaterThan(3);
    assertThat(groups).allSatisfy(group -> assertThat(group.rows()).isBetween(26_000L, 105_000L));
    assertThat(POLICY.choose(List.of(unit(1, 90_000, 80_000), unit(2, 90_000, 80_000)), NOW, false))
        .as("what is read is bounded too")
        .hasSize(1);
    assertThat(
            POLICY.choose(
                IntStream.range(0, 9).mapToObj(i -> unit(i, 90_000, 85_000)).toList(), NOW, false))
        .allSatisfy(group -> assertThat(group.rows()).isLessThanOrEqualTo(200_000));
  }

  @Test
  void whatMakesJustOneSegmentIsNotSplit() {
    assertThat(POLICY.choose(small(20, 5_000), NOW, true)).hasSize(1);
    assertThat(POLICY.choose(small(21, 5_000), NOW, true)).hasSize(1);
  }

  @Test
  void rowsAreRewrittenALogarithmicNumberOfTimes() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("CompactionPolicyTest seed=" + seed);
    Random random = new Random(seed);
    List<CompactionUnit> live = new ArrayList<>();
    long written = 0;
    long rewritten = 0;
    int most = 0;
    int next = 0;
    for (int window = 0; window < 5_000; window++) {
      long rows = 10L + random.nextInt(200);
      live.add(unit(next++, rows, 0));
      written += rows;
      for (CompactionGroup group : POLICY.choose(live, NOW * 1000, false)) {
        Set<CompactionUnit> gone = new HashSet<>(group.units());
        live.removeIf(gone::contains);
        live.add(unit(next++, group.rows(), 0));
        rewritten += group.rows();
      }
      most = Math.max(most, live.size());
    }
    assertThat((double) rewritten / written).as("seed %d", seed).isLessThan(5);
    assertThat(most).as("seed %d", seed).isLessThan(7 * 5 + (int) (written / 50_000) + 1);
  }

  @Test
  void theSameIsChosenOfTheSameAndNothingOfWhatCameOut() {
    List<CompactionUnit> units = small(9, 1000);
    assertThat(POLICY.choose(units, NOW, true)).isEqualTo(POLICY.choose(units, NOW, true));
    assertThat(POLICY.choose(List.of(unit(1, 9000, 0)), NOW, true)).isEmpty();
  }

  @Test
  void limitsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new CompactionLimits(1, 1, 1, 0.2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 1 files on");
    assertThatThrownBy(() -> new CompactionLimits(1, 1, 2, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0");
  }
}
