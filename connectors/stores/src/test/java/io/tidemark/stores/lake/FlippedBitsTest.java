package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.stores.record.RecordFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bit of a file is another: it is read as it was, or not at all. {@code -Dseed=N} repeats a
 * run, {@code -Dflips=N} makes it longer.
 */
class FlippedBitsTest {
  private static final int FLIPS = Integer.getInteger("flips", 300);

  private final long seed = Long.getLong("seed", System.nanoTime());

  @Test
  void aFlippedBitInADataOrDeleteFileNeverChangesWhatIsRead(@TempDir Path folder) throws Exception {
    System.err.println("FlippedBitsTest seed=" + seed);
    try (LakeFixture fixture = new LakeFixture(folder)) {
      CollectionInfo info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
      LakeTable table = fixture.create(info);
      Table iceberg = table.iceberg();
      List<Map<String, Object>> rows = new ArrayList<>();
      for (long id = 0; id < 300; id++) {
        Map<String, Object> row = LakeFixture.book(id, LakeFixture.CREATED + id, 0, "_default");
        if (id % 7 == 0) {
          row.remove("title");
        }
        rows.add(row);
      }
      DataFile data = LakeFixture.data(iceberg, rows);
      DeleteFile deletes =
          LakeFixture.deletes(iceberg, java.util.stream.LongStream.range(0, 200).toArray());
      new LogSnapshotCommitter()
          .commit(
              table,
              0,
              LakeFixture.CREATED,
              LakeFixture.CREATED + 1000,
              List.of(data),
              List.of(deletes),
              List.of());
      LakeFile file = table.snapshot().files().getFirst();

      flip(LocalFileIO.path(data.location()), () -> columns(table.read(file)));
      flip(LocalFileIO.path(data.location()), () -> records(iceberg, data.location()));
      flip(
          LocalFileIO.path(deletes.location()),
          () -> values(new DataFileReader(iceberg, info.schema()).keys(deletes.location())));
    }
  }

  private void flip(Path file, Supplier<List<?>> read) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    List<?> expected = read.get();
    assertThat(expected).isNotEmpty();
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < FLIPS; i++) {
      int bit = random.nextInt(bytes.length * 8);
      byte[] flipped = Arrays.copyOf(bytes, bytes.length);
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, flipped);
      List<?> found;
      try {
        found = read.get();
      } catch (RuntimeException | OutOfMemoryError e) {
        refused++;
        continue;
      }
      assertThat(found)
          .as("seed %d, %s, bit %d of %d bytes", seed, file, bit, bytes.length)
          .isEqualTo(expected);
    }
    Files.write(file, bytes);
    assertThat(read.get()).isEqualTo(expected);
    assertThat(refused).isGreaterThan(FLIPS / 4);
    System.err.println("flips=" + FLIPS + " refused=" + refused + " bytes=" + bytes.length);
  }

  private static List<?> columns(LakeRows rows) {
    EntityBatch batch = rows.batch();
    List<Object> all = new ArrayList<>();
    batch.columns().forEach((id, column) -> all.add(List.of(id, values(column))));
    all.add(Arrays.toString(rows.timestamps()));
    all.add(Arrays.toString(rows.rejected()));
    return all;
  }

  private static List<String> values(Column column) {
    List<String> values = new ArrayList<>();
    for (int row = 0; row < column.size(); row++) {
      Object value = column.value(row);
      values.add(value instanceof float[] floats ? Arrays.toString(floats) : String.valueOf(value));
    }
    return values;
  }

  private static List<?> records(Table table, String location) {
    List<String> all = new ArrayList<>();
    try (CloseableIterable<Record> rows =
        RecordFiles.read(table.io().newInputFile(location), FileFormat.PARQUET, table.schema())) {
      rows.forEach(row -> all.add(row.toString()));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return all;
  }
}
