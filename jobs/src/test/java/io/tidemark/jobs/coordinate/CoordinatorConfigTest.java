package io.tidemark.jobs.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.launch.FlinkAddress;
import io.tidemark.jobs.coordinate.schedule.Schedules;
import io.tidemark.jobs.index.IndexLimits;
import java.time.Duration;
import java.util.List;
import org.apache.flink.util.ParameterTool;
import org.junit.jupiter.api.Test;

class CoordinatorConfigTest {
  private static CoordinatorConfig config(String... more) {
    String[] required = {
      "--bootstrap",
      "k:9092",
      "--catalog",
      "jdbc:sqlite:c.db",
      "--warehouse",
      "file:///w",
      "--checkpoints",
      "file:///c",
      "--rest",
      "f:8081"
    };
    String[] all = java.util.Arrays.copyOf(required, required.length + more.length);
    System.arraycopy(more, 0, all, required.length, more.length);
    return CoordinatorJob.config(ParameterTool.fromArgs(all));
  }

  @Test
  void defaults_are_pinned() {
    CoordinatorConfig config = config();
    assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.lookEvery()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.cluster()).isEqualTo(new FlinkAddress("f", 8081, List.of()));
    assertThat(config.schedules()).isEqualTo(Schedules.DEFAULTS);
    assertThat(config.policy())
        .isEqualTo(
            new CoordinatorPolicy(
                IndexLimits.DEFAULTS,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                16,
                16,
                16 << 20,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10)));
  }

  @Test
  void arguments_are_heard() {
    CoordinatorConfig config =
        config(
            "--jars", "file:///a.jar,file:///b.jar", "--jobs-at-once", "3", "--segment-rows", "9");
    assertThat(config.cluster().jars()).containsExactly("file:///a.jar", "file:///b.jar");
    assertThat(config.policy().jobsAtOnce()).isEqualTo(3);
    assertThat(config.policy().limits().segmentRowsMax()).isEqualTo(9);
    assertThatThrownBy(() -> FlinkAddress.parse("nowhere", "")).hasMessageContaining("HOST:PORT");
  }
}
