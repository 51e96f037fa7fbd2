package io.tidemark.engine.index.band;

import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.BinaryVectors;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * Rows by the hash of each band of their signatures (Broder, <i>On the resemblance and containment
 * of documents</i>, 1997; Leskovec et al., <i>Mining of Massive Datasets</i>, chapter 3). Band b
 * has its hashes ascending, as signed numbers, in {@code keys[b]}, and the row of each in {@code
 * rows[b]}; rows of one hash are ascending. A hash is the CRC-32C of the band's bytes. Immutable.
 */
final class BandTable {
  private final int bandBytes;
  private final int[][] keys;
  private final int[][] rows;

  /**
   * @param bandBytes of a signature
   */
  BandTable(int bandBytes, int[][] keys, int[][] rows) {
    this.bandBytes = bandBytes;
    this.keys = keys;
    this.rows = rows;
  }

  /**
   * @param members rows to be in it, ascending
   * @param progress hears how many of them are about done
   */
  static BandTable build(
      BinaryVectors vectors, int[] members, int bands, RowRanges ranges, IntConsumer progress)
      throws InterruptedException {
    int bandBytes = vectors.dimension() / Byte.SIZE / bands;
    int[][] keys = new int[bands][];
    int[][] rows = new int[bands][];
    ranges.each(
        bands,
        1,
        (from, to) -> {
          for (int band = from; band < to; band++) {
            long[] entries = new long[members.length];
            for (int i = 0; i < members.length; i++) {
              int key = vectors.checksum(members[i], band * bandBytes, bandBytes);
              entries[i] = (long) key << 32 | members[i];
            }
            Arrays.sort(entries);
            keys[band] = new int[entries.length];
            rows[band] = new int[entries.length];
            for (int i = 0; i < entries.length; i++) {
              keys[band][i] = (int) (entries[i] >> 32);
              rows[band][i] = (int) entries[i];
            }
          }
        },
        done -> progress.accept((int) ((long) members.length * done / bands)));
    return new BandTable(bandBytes, keys, rows);
  }

  /** Rows that share a band with the query, ascending. */
  int[] alike(BinaryQuery query) {
    BitSet found = new BitSet();
    for (int band = 0; band < keys.length; band++) {
      int key = query.checksum(band * bandBytes, bandBytes);
      for (int i = first(keys[band], key); i < keys[band].length && keys[band][i] == key; i++) {
        found.set(rows[band][i]);
      }
    }
    return found.stream().toArray();
  }

  /** The first place that is no less. */
  private static int first(int[] sorted, int key) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] < key) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  int bandBytes() {
    return bandBytes;
  }

  int bands() {
    return keys.length;
  }

  int size() {
    return keys[0].length;
  }

  int[] keys(int band) {
    return keys[band];
  }

  int[] rows(int band) {
    return rows[band];
  }

  long bytes() {
    return 8L * bands() * size();
  }
}
