package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static io.tidemark.stores.lake.LakeFixture.books;
import static io.tidemark.stores.lake.LakeFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.stores.lake.LogSnapshotCommitter.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClockSetBackTest {
  private static final long AHEAD_MS = 10 * 60_000;

  @TempDir Path folder;
  private LakeFixture fixture;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aTableWhoseLastCommitLiesInTheFutureStillTakesCommits() throws Exception {
    LakeTable table = fixture.create(LakeFixture.info(1, "books", LakeFixture.books(), 1));
    LogSnapshotCommitter committer = new LogSnapshotCommitter();
    for (int step = 0; step < 3; step++) {
      committer.commit(
          table,
          0,
          CREATED + step,
          CREATED + step + 1,
          List.of(books(table.iceberg(), CREATED + step + 1, step)),
          List.of(),
          List.of());
    }
    shift(table.iceberg());

    try (Lake lake = Lake.open(fixture.config)) {
      LakeTable later = lake.table(table.info());
      assertThat(
              committer.commit(
                  later,
                  0,
                  CREATED + 3,
                  CREATED + 4,
                  List.of(books(later.iceberg(), CREATED + 4, 3)),
                  List.of(),
                  List.of()))
          .isEqualTo(Outcome.COMMITTED);
      assertThat(ids(later.iceberg())).containsExactly(0L, 1L, 2L, 3L);
      assertThat(later.position(0)).isEqualTo(CREATED + 4);
    }
  }

  @Test
  void aCollectionWhoseLastCommitLiesInTheFutureCanBeAltered() throws Exception {
    LakeTable table = fixture.create(LakeFixture.info(1, "books", LakeFixture.books(), 1));
    DataFile file = books(table.iceberg(), CREATED + 1, 1, 2);
    new LogSnapshotCommitter()
        .commit(table, 0, CREATED, CREATED + 1, List.of(file), List.of(), List.of());
    shift(table.iceberg());
    try (Lake lake = Lake.open(fixture.config)) {
      lake.updateCollection(table.info().withName("default", "books", CREATED + 9));
      LakeTable later = lake.table(table.info());
      assertThat(later.info().updatedTimestamp()).isEqualTo(CREATED + 9);
      assertThat(later.position(0)).isEqualTo(CREATED + 1);
      assertThat(later.snapshot().files())
          .extracting(LakeFile::path)
          .containsExactly(file.location());
    }
  }

  /** As if the clock had been ahead by ten minutes until now. */
  private static void shift(Table table) throws Exception {
    Path file = LocalFileIO.path(LakeTable.metadata(table).metadataFileLocation());
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = (ObjectNode) json.readTree(Files.readString(file));
    root.put("last-updated-ms", root.get("last-updated-ms").asLong() + AHEAD_MS);
    for (String list : List.of("snapshots", "snapshot-log", "metadata-log")) {
      for (JsonNode entry : root.get(list)) {
        ((ObjectNode) entry).put("timestamp-ms", entry.get("timestamp-ms").asLong() + AHEAD_MS);
      }
    }
    Files.writeString(file, json.writeValueAsString(root));
  }
}
