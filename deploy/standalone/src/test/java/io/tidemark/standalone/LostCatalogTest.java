package io.tidemark.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.standalone.StandaloneConfig.Listening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostCatalogTest {
  @Test
  void aStartWithoutTheCatalogOfItsTablesIsRefusedBeforeTheLogIsOpen(@TempDir Path data)
      throws Exception {
    Files.writeString(data.resolve("FORMAT"), "1\n");
    Path table = Files.createDirectories(data.resolve("warehouse/tables/default/books-1/metadata"));
    Files.createFile(table.resolve("00000-a.metadata.json"));
    List<String> progress = new ArrayList<>();

    assertThatThrownBy(
            () -> {
              StandaloneConfig config =
                  StandaloneConfig.defaults(data).with(new Listening(0, 0, 0, "127.0.0.1"));
              Standalone.start(config, progress::add).close();
            })
        .hasMessageStartingWith("there is no catalog " + data.resolve("catalog.db"));
    assertThat(progress).isEmpty();
    assertThat(data.resolve("catalog.db")).doesNotExist();
    assertThat(data.resolve("kafka")).isEmptyDirectory();
    assertThat(data.resolve("run")).isEmptyDirectory();
  }
}
