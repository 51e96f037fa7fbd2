package io.tidemark.model.collection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShardHashTest {
  @Test
  void theHashIsMurmur3AsPublished() {
    assertThat(ShardHash.hash(new byte[0])).isZero();
    assertThat(ShardHash.hash("hello".getBytes(UTF_8))).isEqualTo(0x248bfa47);
    assertThat(ShardHash.hash("hello, world".getBytes(UTF_8))).isEqualTo(0x149bbb7f);
    assertThat(ShardHash.hash("The quick brown fox jumps over the lazy dog".getBytes(UTF_8)))
        .isEqualTo(0x2e4ff723);
  }

  @Test
  void keysSpreadEvenlyAndStayWhereTheyAre() {
    int[] counts = new int[4];
    for (long key = 0; key < 40_000; key++) {
      counts[ShardHash.shardOf(key, 4)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(9_500, 10_500);
    }
    assertThat(ShardHash.shardOf(-1L, 16)).isEqualTo(ShardHash.shardOf(-1L, 16)).isBetween(0, 15);
    assertThat(ShardHash.shardOf("key", 1)).isZero();
  }
}
