package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.TidemarkException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCatalogTest {
  @TempDir private Path folder;
  private Path file = Path.of("");
  private Path warehouse = Path.of("");
  private LakeConfig config = LakeConfig.sqlite(file, warehouse);

  @BeforeEach
  void place() {
    file = folder.resolve("catalog.db");
    warehouse = folder.resolve("warehouse");
    config = LakeConfig.sqlite(file, warehouse);
  }

  @Test
  void aLostCatalogOfTablesIsRefusedAndNoneIsMade() throws Exception {
    try (LakeFixture fixture = new LakeFixture(folder)) {
      fixture.lake.createCollection(LakeFixture.info(1, "books", LakeFixture.books(), 1));
    }
    byte[] copy = Files.readAllBytes(file);
    Files.delete(file);

    assertThatThrownBy(() -> Lake.open(config))
        .isInstanceOf(TidemarkException.class)
        .hasMessageStartingWith("there is no catalog " + file + ", but the warehouse " + warehouse)
        .hasMessageContaining("holds 1 table, " + warehouse.resolve("tables/default/books-1"))
        .hasMessageContaining("put it back from a copy")
        .hasMessageContaining("another --data");
    assertThat(file).doesNotExist();

    Files.createFile(file);
    assertThatThrownBy(() -> Lake.open(config))
        .hasMessageStartingWith("the catalog " + file + " is empty, but the warehouse");
    assertThat(file).isEmptyFile();

    Files.write(file, copy);
    try (Lake lake = Lake.open(config)) {
      assertThat(lake.collection("default", "books")).isPresent();
    }
  }

  @Test
  void aWarehouseBehindALinkIsLookedAt() throws Exception {
    Path elsewhere = folder.resolve("disk");
    Files.createDirectories(elsewhere.resolve("ns/t/metadata"));
    Files.createFile(elsewhere.resolve("ns/t/metadata/v1.metadata.json"));
    Files.createSymbolicLink(warehouse, elsewhere);

    assertThatThrownBy(() -> SqliteCatalog.requirePresent(config))
        .hasMessageContaining("holds 1 table");
  }

  @Test
  void anEmptyWarehouseTakesANewCatalog() throws Exception {
    Files.createDirectories(warehouse.resolve("tables/default"));
    Lake.open(config).close();
    assertThat(file).isNotEmptyFile();

    // Its own tables are made anew: nobody's rows are in them.
    Files.delete(file);
    Lake.open(config).close();
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void catalogsElsewherePass() throws Exception {
    Files.createDirectories(warehouse.resolve("ns/t/metadata"));
    Files.createFile(warehouse.resolve("ns/t/metadata/v1.metadata.json"));
    for (String uri :
        new String[] {"jdbc:postgresql://db/lake", "jdbc:sqlite::memory:", "jdbc:sqlite:"}) {
      LakeConfig other = new LakeConfig(uri, config.warehouse(), Map.of());
      assertThatCode(() -> SqliteCatalog.requirePresent(other)).doesNotThrowAnyException();
    }
  }

  @Test
  void aFileThatIsNoCatalogIsCalledDamaged() throws Exception {
    Files.writeString(file, "this is no database, however long it may go on".repeat(100));

    assertThatThrownBy(() -> Lake.open(config)).satisfies(this::saysDamaged);
    assertThatThrownBy(() -> SqliteCatalog.requireSound(config)).satisfies(this::saysDamaged);
  }

  @Test
  void aMalformedCatalogIsCalledDamaged() throws Exception {
    try (LakeFixture fixture = new LakeFixture(folder)) {
      fixture.lake.createCollection(LakeFixture.info(1, "books", LakeFixture.books(), 1));
    }
    SqliteCatalog.requireSound(config);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      // Every page but the first, which has the schema.
      ByteBuffer noise = ByteBuffer.allocate((int) channel.size() - 4096);
      while (noise.hasRemaining()) {
        noise.put((byte) 0x5a);
      }
      channel.write(noise.flip(), 4096);
    }

    assertThatThrownBy(() -> SqliteCatalog.requireSound(config)).satisfies(this::saysDamaged);
    assertThatThrownBy(() -> Lake.open(config)).satisfies(this::saysDamaged);
  }

  private void saysDamaged(Throwable failure) {
    assertThat(failure)
        .isInstanceOf(TidemarkException.class)
        .hasMessageStartingWith("the catalog " + file + " is damaged (")
        .hasMessageContaining("put a copy of it back")
        .hasMessageNotContaining("jdbc:");
  }
}
