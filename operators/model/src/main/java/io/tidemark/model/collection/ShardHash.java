package io.tidemark.model.collection;

import java.nio.charset.StandardCharsets;

/**
 * Which shard a key belongs to. The function's {@link #NAME} is kept with the collection and its
 * result never changes: all versions of a key must stay in one shard.
 *
 * <p>{@code murmur3_32}: MurmurHash3 x86 32-bit (Appleby, public domain) with seed 0, over the 8
 * little-endian bytes of an INT64 key or the UTF-8 bytes of a VARCHAR key; the shard is the hash,
 * read as unsigned, modulo the number of shards.
 */
public final class ShardHash {
  /** Where a collection's properties name its function. */
  public static final String PROPERTY = "tidemark.shard.hash";

  public static final String NAME = "murmur3_32";

  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private ShardHash() {}

  /**
   * @param key {@code Long} or {@code String}
   */
  public static int shardOf(Object key, int shards) {
    if (shards == 1) {
      return 0;
    }
    return Integer.remainderUnsigned(hash(bytes(key)), shards);
  }

  private static byte[] bytes(Object key) {
    if (key instanceof Long number) {
      byte[] bytes = new byte[Long.BYTES];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (number >>> (i * 8));
      }
      return bytes;
    }
    return ((String) key).getBytes(StandardCharsets.UTF_8);
  }

  static int hash(byte[] data) {
    int hash = 0;
    int whole = data.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      hash ^=
          mixed(
              (data[i] & 0xff)
                  | ((data[i + 1] & 0xff) << 8)
                  | ((data[i + 2] & 0xff) << 16)
                  | (data[i + 3] << 24));
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    int rest = 0;
    for (int i = data.length - 1; i >= whole; i--) {
      rest = (rest << 8) | (data[i] & 0xff);
    }
    if (whole < data.length) {
      hash ^= mixed(rest);
    }
    hash ^= data.length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static int mixed(int block) {
    return Integer.rotateLeft(block * C1, 15) * C2;
  }
}
