package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.TidemarkException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadConfigTest {
  @Test
  void hasTheseDefaults() {
    ReadConfig config = ReadConfig.defaults(Path.of("cache"));
    assertThat(config.cacheDirectory()).isEqualTo(Path.of("cache"));
    assertThat(config.searchThreads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(config.pollInterval()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.growingBytesMax()).isEqualTo(Runtime.getRuntime().maxMemory() / 5);
    assertThat(config.recallShare()).isEqualTo(0.01);
    assertThat(config.loadedBytesMax()).isEqualTo(Runtime.getRuntime().maxMemory() / 2);
  }

  @Test
  void refusesWhatCannotWork() {
    assertThatThrownBy(() -> new ReadConfig(Path.of("cache"), 0, Duration.ofMillis(1), 1))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("searchThreads 0");
  }
}
