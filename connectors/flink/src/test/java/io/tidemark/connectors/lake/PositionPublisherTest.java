package io.tidemark.connectors.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.log.WindowedLog;
import org.junit.jupiter.api.Test;

class PositionPublisherTest {
  private final MapControlStore control = new MapControlStore();

  @Test
  void nothing_is_published_until_every_pair_of_tasks_has_told_its_progress() {
    PositionPublisher.Publisher publisher = publisher(0);
    publisher.write(new CommittedProgress(50, 0, 2, 0, 2, false), null);
    publisher.write(new CommittedProgress(50, 0, 2, 1, 2, false), null);
    publisher.write(new CommittedProgress(40, 1, 2, 0, 2, false), null);
    assertThat(control.writes).isZero();
    publisher.write(new CommittedProgress(40, 1, 2, 1, 2, false), null);
    assertThat(control.list(ControlKeys.POSITION))
        .containsEntry("position/0", "40")
        .containsEntry("position/1", "40");
  }

  @Test
  void a_position_never_goes_back_not_even_after_a_restart() {
    control.put("position/0", "100");
    PositionPublisher.Publisher publisher = publisher(0);
    publisher.write(new CommittedProgress(60, 0, 1, 0, 1, false), null);
    assertThat(control.get("position/0")).contains("100");
    assertThat(control.get("position/1")).contains("60");
    publisher.write(new CommittedProgress(120, 0, 1, 0, 1, false), null);
    assertThat(control.list(ControlKeys.POSITION))
        .containsEntry("position/0", "120")
        .containsEntry("position/1", "120");
  }

  @Test
  void positions_wait_for_their_turn_unless_somebody_waits_for_them() {
    PositionPublisher.Publisher publisher = publisher(3_600_000);
    publisher.write(new CommittedProgress(1, 0, 1, 0, 1, false), null);
    publisher.write(new CommittedProgress(2, 0, 1, 0, 1, false), null);
    assertThat(control.get("position/0")).contains("1");
    publisher.write(new CommittedProgress(3, 0, 1, 0, 1, true), null);
    assertThat(control.get("position/0")).contains("3");
  }

  @Test
  void a_shard_that_recovers_stays_aside_until_all_up_to_the_global_position_is_committed() {
    control.put("position/0", "100");
    AsideCollections.put(control, 5, 0, 70, 80, "no such column");
    AsideCollections.put(control, 6, 0, 70, 80, "no such column");
    RecoveringShards recovering = new RecoveringShards(control);
    recovering.committed(5, 0);
    recovering.committed(6, 0);
    recovering.committed(7, 0);
    recovering.reached(new WindowedLog.Progress(90, 0, 2, false));
    recovering.reached(new WindowedLog.Progress(120, 1, 2, false));
    assertThat(AsideCollections.of(control, 5, 0)).isPresent();
    recovering.setAside(6, 0);
    recovering.reached(new WindowedLog.Progress(100, 0, 2, false));
    assertThat(control.list(ControlKeys.ASIDE)).containsOnlyKeys("aside/6/0");
  }

  @Test
  void a_shard_set_aside_keeps_the_lowest_position_and_the_first_reason() {
    assertThat(AsideCollections.lowestPosition(control)).isEqualTo(Long.MAX_VALUE);
    AsideCollections.put(control, 5, 0, 70, 80, "no such column");
    AsideCollections.put(control, 5, 0, 80, 90, "");
    AsideCollections.put(control, 6, 1, 60, 65, "other");
    assertThat(AsideCollections.of(control, 5, 0))
        .contains(new AsideCollections.Range(70, 90, "no such column"));
    assertThat(AsideCollections.lowestPosition(control)).isEqualTo(60);
    AsideCollections.clear(control, 6, 1);
    assertThat(AsideCollections.lowestPosition(control)).isEqualTo(70);
    assertThat(AsideCollections.any(control)).isTrue();
  }

  private PositionPublisher.Publisher publisher(long everyMs) {
    return new PositionPublisher.Publisher(control, () -> {}, 2, everyMs);
  }
}
