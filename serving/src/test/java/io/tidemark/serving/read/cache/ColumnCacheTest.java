package io.tidemark.serving.read.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.schema.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColumnCacheTest {
  private static final long COLLECTION = 7;
  private static final String LOCATION = "file:/warehouse/t/data/a.parquet";

  @TempDir Path folder;
  private int reads;

  private FileRows rows() {
    reads++;
    BitSet rejected = new BitSet();
    rejected.set(1);
    return new FileRows(
        new EntityBatch(
            3,
            Map.of(
                100, LongColumn.of(new long[] {5, 6, 7}, null),
                101, BytesColumn.ofStrings(DataType.VARCHAR, Arrays.asList("a", null, "ccc")),
                102, FloatVectorColumn.of(new float[] {1, 2, 3, 4, 5, 6}, 2, null))),
        LongColumn.of(new long[] {10, 20, 30}, null),
        rejected,
        BytesColumn.ofStrings(DataType.VARCHAR, List.of("p", "q", "p")));
  }

  private FileRows get(ColumnCache cache) {
    return cache.get(COLLECTION, LOCATION, 3, this::rows);
  }

  private static void check(FileRows rows) {
    assertThat(rows.size()).isEqualTo(3);
    assertThat(rows.batch().columns()).containsOnlyKeys(100, 101, 102);
    assertThat(rows.batch().column(100).orElseThrow().value(2)).isEqualTo(7L);
    assertThat(rows.batch().column(101).orElseThrow().value(1)).isNull();
    assertThat(rows.batch().column(101).orElseThrow().value(2)).isEqualTo("ccc");
    assertThat((float[]) rows.batch().column(102).orElseThrow().value(1)).containsExactly(3, 4);
    assertThat(rows.timestamps().get(1)).isEqualTo(20);
    assertThat(rows.rejected().stream()).containsExactly(1);
    assertThat(rows.partitions().value(1)).isEqualTo("q");
  }

  @Test
  void readsTheDataFileOnceAndThenItsOwn() {
    check(get(new ColumnCache(folder)));
    check(get(new ColumnCache(folder)));
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void buildsAFileAnewThatIsDamagedAnywhere() throws IOException {
    ColumnCache cache = new ColumnCache(folder);
    check(get(cache));
    Path file = cache.file(COLLECTION, LOCATION);
    byte[] whole = Files.readAllBytes(file);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = whole.clone();
      int at = random.nextInt(4) == 0 ? random.nextInt(32) : random.nextInt(whole.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      replace(file, damaged);
      check(get(cache));
      assertThat(reads).as("seed %d, byte %d", seed, at).isEqualTo(i + 2);
    }
  }

  @Test
  void buildsATornFileAnew() throws IOException {
    ColumnCache cache = new ColumnCache(folder);
    check(get(cache));
    Path file = cache.file(COLLECTION, LOCATION);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 10, 32, 40, whole.length - 1}) {
      reads = 0;
      replace(file, Arrays.copyOf(whole, length));
      check(get(cache));
      assertThat(reads).isEqualTo(1);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void buildsAFileAnewThatHasAnotherNumberOfRows() {
    ColumnCache cache = new ColumnCache(folder);
    check(get(cache));
    check(cache.get(COLLECTION, LOCATION, 4, this::rows));
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void removesWhatBelongsToNoLiveDataFileAndKeepsMappedRowsReadable() {
    ColumnCache cache = new ColumnCache(folder);
    FileRows mapped = get(cache);
    cache.get(COLLECTION, "other", 3, this::rows);
    cache.retain(COLLECTION, List.of("other"));
    assertThat(cache.file(COLLECTION, LOCATION)).doesNotExist();
    assertThat(cache.file(COLLECTION, "other")).exists();
    check(mapped);
    assertThat(cache.collections()).containsExactly(COLLECTION);
    cache.remove(COLLECTION);
    assertThat(cache.collections()).isEmpty();
  }

  /** As another file: the old one may be mapped. */
  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.delete(file);
    Files.write(file, bytes);
  }
}
