package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTest {
  @TempDir Path folder;
  private LakeFixture fixture;
  private Lake lake;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
    lake = fixture.lake;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static CollectionInfo everything() {
    List<FieldSchema> fields = new ArrayList<>();
    fields.add(
        new FieldSchema(
            100,
            "pk",
            DataType.VARCHAR,
            "the key",
            true,
            false,
            false,
            false,
            false,
            0,
            64,
            null,
            Map.of()));
    int id = 101;
    Map<DataType, Object> defaults =
        Map.of(
            DataType.BOOL,
            true,
            DataType.INT8,
            -3L,
            DataType.INT64,
            Long.MAX_VALUE,
            DataType.FLOAT,
            0.1,
            DataType.VARCHAR,
            "ü\"\\");
    for (DataType type : DataType.values()) {
      if (!type.isVector()) {
        fields.add(
            new FieldSchema(
                id,
                "f_" + type.name().toLowerCase(java.util.Locale.ROOT),
                type,
                "",
                false,
                false,
                id % 2 == 0,
                false,
                type == DataType.INT64,
                0,
                type == DataType.VARCHAR ? 65_535 : 0,
                defaults.get(type),
                Map.of("mmap.enabled", "true")));
        id++;
      }
    }
    fields.add(LakeFixture.field(id, "vec", DataType.FLOAT_VECTOR));
    fields.add(FieldSchema.dynamicField(id + 1));
    return new CollectionInfo(
        450_000_000_000_000_001L,
        "default",
        "everything",
        new CollectionSchema("all there is", true, 3, fields),
        List.of(1, 0),
        ConsistencyLevel.STRONG,
        LakeFixture.CREATED,
        LakeFixture.CREATED + 5,
        List.of(
            new Partition(7, Partition.DEFAULT_NAME, LakeFixture.CREATED),
            new Partition(8, "p1", LakeFixture.CREATED + 1)),
        List.of(
            new IndexDefinition(
                9, id, "vec", "idx", IndexType.HNSW, Metric.COSINE, Map.of("M", "30"))),
        Map.of("collection.ttl.seconds", "100"));
  }

  @Test
  void theLongestNameHasAFolder() throws Exception {
    String name = "n".repeat(FieldSchema.NAME_LENGTH_MAX);
    CollectionInfo info = LakeFixture.info(7, name, LakeFixture.books(), 1);
    lake.createCollection(info);
    Table table = lake.table(info).iceberg();
    table.newAppend().appendFile(LakeFixture.books(table, LakeFixture.CREATED + 1, 1, 2)).commit();
    assertThat(LakeFixture.ids(table)).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void aCollectionReadsBackAsItWasCreated() {
    CollectionInfo info = everything();
    lake.createCollection(info);

    assertThat(lake.collection("default", "everything")).contains(info);
    assertThat(lake.collectionById(info.id())).contains(info);
    assertThat(lake.collections("default")).containsExactly(info);
    assertThat(lake.table(info).info()).isEqualTo(info);
    try (Lake other = Lake.open(fixture.config)) {
      assertThat(other.collectionById(info.id())).contains(info);
    }
  }

  @Test
  void columnsAreNamedLikeFieldsAndOnlyTheKeyIsRequired() {
    CollectionInfo info = everything();
    lake.createCollection(info);
    Table table = lake.table(info).iceberg();

    assertThat(table.schema().identifierFieldNames()).containsExactly("pk");
    assertThat(table.schema().columns().stream().filter(c -> c.isRequired()).map(c -> c.name()))
        .containsExactly("pk");
    assertThat(table.schema().columns().stream().map(c -> c.name()))
        .endsWith("vec", "$meta", "__ts", "__shard", "__partition");
    assertThat(table.schema().findType("vec"))
        .isInstanceOfSatisfying(
            Types.ListType.class, list -> assertThat(list.isElementRequired()).isTrue());
    assertThat(table.spec().isUnpartitioned()).isTrue();
  }

  @Test
  void theDefaultDatabaseIsThereAndTidemarksOwnIsHidden() {
    assertThat(lake.databases()).containsExactly("default");
    assertThat(lake.databaseExists("tidemark")).isFalse();
    assertThat(lake.collection("tidemark", "segments")).isEmpty();
    assertThatThrownBy(() -> lake.createDatabase("tidemark", Map.of()))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("reserved");
  }

  @Test
  void databasesKeepTheirPropertiesAndAreDroppedOnlyWhenEmpty() {
    lake.createDatabase("library", Map.of("database.replica.number", "1", "a", "b"));
    assertThat(lake.databases()).containsExactly("default", "library");
    lake.setDatabaseProperties("library", Map.of("a", "c"));
    assertThat(lake.databaseProperties("library")).isEqualTo(Map.of("a", "c"));

    CollectionInfo info =
        LakeFixture.info(1, "books", LakeFixture.books(), 1).withName("library", "books", 5);
    lake.createCollection(info);
    assertThatThrownBy(() -> lake.dropDatabase("library"))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
    lake.dropCollection(info);
    lake.dropDatabase("library");
    assertThat(lake.databaseExists("library")).isFalse();
    assertThatThrownBy(() -> lake.collections("library"))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_NOT_FOUND));
  }

  @Test
  void aRenamedCollectionKeepsItsIdAndItsOldNameIsFree() throws Exception {
    CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    LakeTable table = fixture.create(info);
    table.iceberg().newAppend().appendFile(LakeFixture.books(table.iceberg(), 5, 1)).commit();
    lake.createDatabase("archive", Map.of());

    lake.renameCollection(info, "archive", "old_books", 77);

    CollectionInfo renamed = info.withName("archive", "old_books", 77);
    assertThat(lake.collectionById(1)).contains(renamed);
    assertThat(lake.collection("default", "books")).isEmpty();
    assertThat(table.refresh()).isTrue();
    assertThat(table.info()).isEqualTo(renamed);

    CollectionInfo next = LakeFixture.info(2, "books", LakeFixture.books(), 1);
    LakeTable nextTable = fixture.create(next);
    lake.dropCollection(next);
    assertThat(LakeFixture.ids(table.iceberg())).containsExactly(1L);
    assertThatThrownBy(nextTable::refresh)
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_NOT_FOUND));
  }

  @Test
  void aNameThatIsReusedElsewhereShowsTheNewCollection() {
    CollectionInfo first = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    lake.createCollection(first);
    assertThat(lake.collection("default", "books")).contains(first);
    CollectionInfo second = LakeFixture.info(2, "books", LakeFixture.books(), 2);
    try (Lake other = Lake.open(fixture.config)) {
      other.dropCollection(first);
      other.createCollection(second);
    }
    assertThat(lake.collection("default", "books")).contains(second);
    assertThat(lake.collectionById(1)).isEmpty();
    assertThat(lake.collectionById(2)).contains(second);
  }

  @Test
  void aNameIsTakenOnce() {
    CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    lake.createCollection(info);
    assertThatThrownBy(
            () -> lake.createCollection(LakeFixture.info(2, "books", LakeFixture.books(), 1)))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("already exists");
  }

  @Test
  void droppingDeletesTheFiles() throws Exception {
    CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    LakeTable table = fixture.create(info);
    table.iceberg().newAppend().appendFile(LakeFixture.books(table.iceberg(), 5, 1)).commit();
    Path location = LocalFileIO.path(table.iceberg().location());
    assertThat(location).exists();
    Path index = LocalFileIO.path(lake.indexPrefix() + "/1/a.puffin");
    Files.createDirectories(index.getParent());
    Files.writeString(index, "x");

    lake.dropCollection(info);

    assertThat(location).doesNotExist();
    assertThat(index).doesNotExist();
    assertThat(lake.collectionById(1)).isEmpty();
    lake.dropCollection(info);
  }

  @Test
  void anUpdateBringsTheColumnsAlong() throws Exception {
    CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    LakeTable table = fixture.create(info);
    table.iceberg().newAppend().appendFile(LakeFixture.books(table.iceberg(), 5, 1, 2)).commit();
    FieldSchema pages =
        new FieldSchema(
            103,
            "pages",
            DataType.INT32,
            "",
            false,
            false,
            true,
            false,
            false,
            0,
            0,
            12L,
            Map.of());
    FieldSchema title = LakeFixture.field(101, "name", DataType.VARCHAR);
    CollectionInfo changed =
        new CollectionInfo(
            1,
            info.database(),
            info.name(),
            new CollectionSchema(
                "",
                false,
                2,
                List.of(
                    LakeFixture.key(100, "id", DataType.INT64),
                    title,
                    LakeFixture.field(102, "vec", DataType.FLOAT_VECTOR),
                    pages)),
            info.pchannels(),
            info.consistency(),
            info.createdTimestamp(),
            99,
            info.partitions(),
            info.indexes(),
            info.properties());

    lake.updateCollection(changed);

    assertThat(lake.collectionById(1)).contains(changed);
    table.refresh();
    assertThat(table.iceberg().schema().columns().stream().map(c -> c.name()))
        .containsExactly("id", "name", "vec", "pages", "__ts", "__shard", "__partition");
    LakeRows rows = table.read(table.snapshot().files().getFirst());
    assertThat(rows.batch().column(101).orElseThrow().value(1)).isEqualTo("book 2");
    assertThat(rows.batch().column(103).orElseThrow().value(0)).isEqualTo(12L);
  }

  @Test
  void tablesOfOthersAreNotSeen() {
    lake.catalog()
        .createTable(
            TableIdentifier.of("default", "foreign"),
            new org.apache.iceberg.Schema(
                Types.NestedField.required(1, "x", Types.LongType.get())));
    assertThat(lake.collections("default")).isEmpty();
    assertThat(lake.collection("default", "foreign")).isEmpty();
  }

  /** A look that lists databases one after the other may miss a table that moves meanwhile. */
  @Test
  void aCollectionThatIsRenamedWhileItIsLookedForIsNotTakenForDropped() throws Exception {
    fixture.lake.createDatabase("aaa", Map.of());
    for (int other = 0; other < 5; other++) {
      var unused =
          fixture.create(LakeFixture.info(100 + other, "other" + other, LakeFixture.books(), 1));
    }
    CollectionInfo books = LakeFixture.info(1, "zzz", LakeFixture.books(), 1);
    fixture.create(books);
    try (Lake another = Lake.open(fixture.config);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      for (int round = 0; round < 40; round++) {
        String database = round % 2 == 0 ? "aaa" : CollectionInfo.DEFAULT_DATABASE;
        Future<?> renaming =
            threads.submit(() -> another.renameCollection(books, database, "zzz", 1));
        while (!renaming.isDone()) {
          assertThat(fixture.lake.collectionById(1)).as("round %d", round).isPresent();
          assertThat(fixture.lake.load(1)).as("round %d", round).isPresent();
        }
        renaming.get();
      }
    }
  }

  @Test
  void listingAFolderGoesOnWhileItsFilesAreDeleted(@TempDir Path listed) throws Exception {
    LocalFileIO io = new LocalFileIO();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      for (int round = 0; round < 20; round++) {
        List<Path> files = new ArrayList<>();
        for (int file = 0; file < 200; file++) {
          files.add(Files.createFile(listed.resolve(round + "-" + file)));
        }
        Future<?> deleting =
            threads.submit(() -> {
              for (Path file : files) {
                Files.delete(file);
              }
              return null;
            });
        while (!deleting.isDone()) {
          assertThat(io.listPrefix(listed.toUri().toString())).hasSizeLessThanOrEqualTo(200);
        }
        deleting.get();
      }
    }
  }
}
