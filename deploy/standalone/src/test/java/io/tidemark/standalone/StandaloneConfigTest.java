package io.tidemark.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.standalone.StandaloneConfig.Ingestion;
import io.tidemark.standalone.StandaloneConfig.Jobs;
import io.tidemark.standalone.StandaloneConfig.Listening;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandaloneConfigTest {
  @Test
  void defaults_are_pinned() {
    StandaloneConfig config = StandaloneConfig.defaults(Path.of("data"));
    assertThat(config.listening()).isEqualTo(new Listening(19530, 9091, 0, "127.0.0.1"));
    assertThat(config.ingestion())
        .isEqualTo(
            new Ingestion(
                Duration.ofSeconds(10),
                new IndexLimits(64 << 20, 100_000, Duration.ofSeconds(30), 1024),
                2));
    assertThat(config.storage())
        .isEqualTo(new StandaloneConfig.Storage(null, null, Map.of(), null));
    assertThat(config.recall()).isEqualTo(new StandaloneConfig.Recall(1));
    assertThat(config.jobs())
        .isEqualTo(new Jobs(1, Runtime.getRuntime().availableProcessors(), null));
  }

  @Test
  void what_cannot_be_is_refused_by_the_name_of_its_option() {
    assertThatThrownBy(() -> new Listening(70_000, 0, 0, "127.0.0.1"))
        .hasMessageContaining("--grpc-port is 70000");
    assertThatThrownBy(() -> new Listening(0, 8081, 8081, "127.0.0.1"))
        .hasMessageContaining("--http-port and --flink-port are both 8081");
    assertThatThrownBy(() -> new Jobs(0, 1, null)).hasMessageContaining("--jobs-at-once is 0");
    assertThatThrownBy(() -> new StandaloneConfig.Recall(101))
        .hasMessageContaining("--recall-cpu-percent is 101.0");
    assertThatThrownBy(() -> new Ingestion(Duration.ofMillis(1), IndexLimits.DEFAULTS, 2))
        .hasMessageContaining("100 ms to 10 minutes");
  }

  @Test
  void ports_that_are_free_ones_may_be_asked_for_together() {
    assertThat(new Listening(0, 0, 0, "127.0.0.1").flinkPort()).isZero();
  }
}
