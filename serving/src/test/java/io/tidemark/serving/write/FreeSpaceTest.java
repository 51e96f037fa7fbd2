package io.tidemark.serving.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {
  @Test
  void rowsAreRefusedWhileThereIsTooLittleAndTakenAgainAfterwards() {
    AtomicLong free = new AtomicLong(100L << 20);
    FreeSpace space = new FreeSpace(free::get, "/data", 64L << 20);
    assertThatCode(space::require).doesNotThrowAnyException();
    free.set(63L << 20);
    assertThatThrownBy(space::require)
        .isInstanceOfSatisfying(
            TidemarkException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED))
        .hasMessageContainingAll("/data", "63 MiB left", "64 MiB of --disk-free-mb");
    free.set(64L << 20);
    assertThatCode(space::require).doesNotThrowAnyException();
  }

  @Test
  void theDiskOfAFolderIsAsked(@TempDir Path folder) {
    assertThatCode(FreeSpace.on(folder, 0)::require).doesNotThrowAnyException();
    assertThatThrownBy(FreeSpace.on(folder, Long.MAX_VALUE)::require)
        .hasMessageContaining(folder.toString());
  }
}
