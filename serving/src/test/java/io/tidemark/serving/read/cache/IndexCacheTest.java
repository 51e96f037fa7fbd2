package io.tidemark.serving.read.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.puffin.BlobSource;
import io.tidemark.stores.puffin.PuffinFile;
import io.tidemark.stores.puffin.PuffinWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexCacheTest {
  private static final int BYTES = 10_000;

  @TempDir private Path folder;
  private InMemoryFileIO lake;

  @BeforeEach
  void emptyLake() {
    lake = new InMemoryFileIO();
  }

  /** Registers a file of random bytes in the remote lake. */
  private SegmentIndex put(String name, long seed) throws IOException {
    byte[] blob = new byte[BYTES];
    new Random(seed).nextBytes(blob);
    Path made = folder.resolve("made").resolve(name);
    PuffinFile file =
        PuffinWriter.write(
            made,
            List.of(
                new BlobSource(
                    "noise",
                    100,
                    (path, offset) -> {
                      try (var channel =
                          java.nio.channels.FileChannel.open(
                              path, java.nio.file.StandardOpenOption.WRITE)) {
                        return channel.write(java.nio.ByteBuffer.wrap(blob), offset);
                      }
                    },
                    Map::of)));
    String location = "memory://lake/indexes/7/" + name;
    lake.addFile(location, Files.readAllBytes(made));
    return new SegmentIndex(
        1,
        7,
        "_default",
        0,
        List.of(new SegmentIndex.SourceFile("data", 1)),
        100,
        5,
        IndexType.HNSW,
        Metric.L2,
        Map.of(),
        1,
        location,
        file.bytes(),
        file.checksum(),
        "test",
        1,
        1);
  }

  private IndexCache cache(long bytesMax) {
    Path cache = folder.resolve("cache");
    return new IndexCache(cache, CacheSpace.open(cache, bytesMax), lake);
  }

  private Path copy(SegmentIndex index) {
    return folder.resolve("cache/7").resolve(Path.of(index.file()).getFileName());
  }

  @Test
  void aFileIsFetchedOnceAndOutlivesTheProcess() throws IOException {
    SegmentIndex index = put("a.puffin", 1);
    IndexCache cache = cache(1 << 20);
    byte[] first = cache.read(index, Files::readAllBytes);
    assertThat(cache.read(index, Files::readAllBytes)).isEqualTo(first);
    assertThat(cache.downloads()).isEqualTo(1);

    IndexCache later = cache(1 << 20);
    assertThat(later.read(index, Files::readAllBytes)).isEqualTo(first);
    assertThat(later.downloads()).isZero();
  }

  @Test
  void aTornOrAlteredCopyIsFetchedAgain() throws IOException {
    SegmentIndex index = put("a.puffin", 1);
    IndexCache cache = cache(1 << 20);
    byte[] whole = cache.read(index, Files::readAllBytes);

    Files.write(copy(index), java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThat(cache.read(index, Files::readAllBytes)).isEqualTo(whole);

    byte[] flipped = whole.clone();
    flipped[5000] ^= 4;
    Files.write(copy(index), flipped);
    assertThat(cache.read(index, Files::readAllBytes)).isEqualTo(whole);

    assertThat(cache.damaged()).isEqualTo(2);
    assertThat(cache.downloads()).isEqualTo(3);
  }

  @Test
  void aFileThatIsDamagedInTheLakeItselfIsRefusedAndNotKept() throws IOException {
    SegmentIndex index = put("a.puffin", 1);
    byte[] flipped = Files.readAllBytes(folder.resolve("made/a.puffin"));
    flipped[5000] ^= 4;
    lake.addFile(index.file(), flipped);
    IndexCache cache = cache(1 << 20);

    assertThatThrownBy(() -> cache.read(index, Files::readAllBytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checksum");
    assertThat(copy(index)).doesNotExist();
    assertThat(cache.damaged()).isEqualTo(2);
  }

  @Test
  void theBoundIsKept() throws IOException {
    SegmentIndex first = put("a.puffin", 1);
    SegmentIndex second = put("b.puffin", 2);
    IndexCache cache = cache(first.fileBytes() + second.fileBytes() - 1);
    cache.read(first, Files::size);
    cache.read(second, Files::size);

    assertThat(copy(first)).doesNotExist();
    assertThat(copy(second)).exists();
    assertThat(cache.read(first, Files::size)).isEqualTo(first.fileBytes());
    assertThat(cache.downloads()).isEqualTo(3);
  }

  @Test
  void aFileOfALocalLakeIsReadWhereItIs() throws IOException {
    SegmentIndex remote = put("a.puffin", 1);
    Path made = folder.resolve("made/a.puffin");
    SegmentIndex local =
        new SegmentIndex(
            1,
            7,
            "_default",
            0,
            remote.sources(),
            100,
            5,
            IndexType.HNSW,
            Metric.L2,
            Map.of(),
            1,
            "file://" + made,
            remote.fileBytes(),
            remote.checksum(),
            "test",
            1,
            1);
    IndexCache cache = cache(1 << 20);

    Path read = cache.read(local, file -> file);

    assertThat(read).isEqualTo(made);
    assertThat(cache.downloads()).isZero();
  }
}
