package io.tidemark.stores.puffin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinCompressionCodec;
import org.apache.iceberg.util.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PuffinWriterTest {
  @TempDir Path folder;

  private static BlobSource blob(String type, int fieldId, byte[] bytes) {
    return new BlobSource(
        type,
        fieldId,
        (file, offset) -> {
          try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(offset);
            out.write(bytes);
          }
          return bytes.length;
        },
        () -> Map.of("length", Integer.toString(bytes.length)));
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void icebergReadsTheContainer() throws Exception {
    byte[] first = random(10_000, 1);
    byte[] second = random(1, 2);
    Path file = folder.resolve("deep/down/index.puffin");
    PuffinFile written =
        PuffinWriter.write(file, List.of(blob("graph", 102, first), blob("extra", 103, second)));

    try (org.apache.iceberg.puffin.PuffinReader reader =
        Puffin.read(org.apache.iceberg.Files.localInput(file.toFile())).build()) {
      List<BlobMetadata> blobs = reader.fileMetadata().blobs();
      assertThat(blobs).extracting(BlobMetadata::type).containsExactly("graph", "extra");
      assertThat(blobs.getFirst().inputFields()).containsExactly(102);
      assertThat(blobs.getFirst().compressionCodec()).isNull();
      assertThat(blobs.getFirst().properties()).isEqualTo(Map.of("length", "10000"));
      Map<String, byte[]> contents = new HashMap<>();
      for (Pair<BlobMetadata, ByteBuffer> read : reader.readAll(blobs)) {
        byte[] bytes = new byte[read.second().remaining()];
        read.second().get(bytes);
        contents.put(read.first().type(), bytes);
      }
      assertThat(contents.get("graph")).isEqualTo(first);
      assertThat(contents.get("extra")).isEqualTo(second);
    }
    byte[] whole = Files.readAllBytes(file);
    CRC32C checksum = new CRC32C();
    checksum.update(whole);
    assertThat(written.bytes()).isEqualTo(whole.length);
    assertThat(written.checksum())
        .isEqualTo(checksum.getValue())
        .isEqualTo(PuffinReader.checksum(file));
  }

  @Test
  void ourReaderFindsAlignedBlobs() throws Exception {
    byte[] first = random(5_000, 3);
    byte[] second = random(4_096, 4);
    Path file = folder.resolve("index.puffin");
    PuffinFile written =
        PuffinWriter.write(
            file, List.of(blob("a", 1, first), blob("none", 2, new byte[0]), blob("b", 3, second)));
    List<PuffinBlob> blobs = PuffinReader.open(file).blobs();
    assertThat(blobs).isEqualTo(written.blobs());
    assertThat(blobs).extracting(PuffinBlob::offset).containsExactly(4_096L, 12_288L, 12_288L);
    byte[] whole = Files.readAllBytes(file);
    assertThat(Arrays.copyOfRange(whole, 4_096, 9_096)).isEqualTo(first);
    assertThat(Arrays.copyOfRange(whole, 12_288, 16_384)).isEqualTo(second);
  }

  @Test
  void whatIcebergWroteIsRead() throws Exception {
    Path file = folder.resolve("theirs.puffin");
    try (org.apache.iceberg.puffin.PuffinWriter writer =
        Puffin.write(org.apache.iceberg.Files.localOutput(file.toFile())).build()) {
      writer.add(
          new org.apache.iceberg.puffin.Blob(
              "t",
              List.of(9),
              1,
              2,
              ByteBuffer.wrap("hello".getBytes(UTF_8)),
              PuffinCompressionCodec.NONE,
              Map.of("k", "v")));
    }
    assertThat(PuffinReader.open(file).blobs())
        .containsExactly(new PuffinBlob("t", 9, 4, 5, Map.of("k", "v")));
  }

  @Test
  void aFileCutAnywhereIsRefused() throws Exception {
    Path file = folder.resolve("index.puffin");
    PuffinWriter.write(file, List.of(blob("a", 1, random(100, 5))));
    byte[] whole = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.puffin");
    for (int length = 0; length < whole.length; length += length < 4_190 ? 997 : 1) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> PuffinReader.open(cut)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFailedWriteLeavesNothing() {
    Path file = folder.resolve("index.puffin");
    BlobSource broken =
        new BlobSource(
            "a",
            1,
            (path, offset) -> {
              throw new IOException("disk full");
            },
            Map::of);
    assertThatThrownBy(() -> PuffinWriter.write(file, List.of(broken)))
        .hasMessageContaining("disk full");
    BlobSource liar = new BlobSource("a", 1, (path, offset) -> 10, Map::of);
    assertThatThrownBy(() -> PuffinWriter.write(file, List.of(liar)))
        .hasMessageContaining("claims 10 bytes");
    assertThat(folder).isEmptyDirectory();
  }
}
