package io.tidemark.connectors.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Splits in checkpoints, version 1, big-endian: the components of {@link ScanSplit} in their order;
 * texts as a length in bytes and UTF-8, lists as a length and their elements.
 */
final class SplitCodec implements SimpleVersionedSerializer<ScanSplit> {
  static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(ScanSplit split) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(256);
    write(split, out);
    return out.getCopyOfBuffer();
  }

  @Override
  public ScanSplit deserialize(int version, byte[] bytes) throws IOException {
    check(version);
    return read(new DataInputDeserializer(bytes));
  }

  static void check(int version) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "the source's state has version " + version + ", this connector reads " + VERSION);
    }
  }

  static void write(ScanSplit split, DataOutputSerializer out) throws IOException {
    text(split.splitId(), out);
    out.writeInt(split.shard());
    out.writeLong(split.snapshotId());
    out.writeInt(split.files().size());
    for (String file : split.files()) {
      text(file, out);
    }
    out.writeLong(split.expireBefore());
    out.writeLong(split.logAfter());
    out.writeLong(split.logUntil());
    out.writeBoolean(split.logRows());
    out.writeInt(split.file());
    out.writeInt(split.row());
  }

  static ScanSplit read(DataInputDeserializer in) throws IOException {
    String id = text(in);
    int shard = in.readInt();
    long snapshot = in.readLong();
    List<String> files = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      files.add(text(in));
    }
    return new ScanSplit(
        id,
        shard,
        snapshot,
        files,
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readInt(),
        in.readInt());
  }

  private static void text(String text, DataOutputSerializer out) throws IOException {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputDeserializer in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
  }
}
