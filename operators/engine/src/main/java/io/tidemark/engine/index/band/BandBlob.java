package io.tidemark.engine.index.band;

import io.tidemark.engine.index.blob.BlobFormat;
import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.index.blob.MetricNumber;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The bytes of a table of bands inside an index file: a blob at any offset, without the signatures.
 * All numbers are little-endian.
 *
 * <pre>
 * blob   := header  band × bands  checksum:int64
 * header := magic:int64 ("TDMBANDS")  version:int32 (1)  dimension:int32  rows:int32  metric:int32
 *           bands:int32  members:int32
 * band   := keys:int32[members]  rows:int32[members]
 * </pre>
 *
 * {@code dimension} is of the vectors, in bits, {@code rows} the segment's row count, {@code
 * metric} 5 for MHJACCARD. Band b is over the bytes from {@code b × w} to {@code (b + 1) × w} of a
 * row's vector, where w is {@code dimension / 8 / bands}; keys and rows are as {@link BandTable}
 * says. {@code checksum} is the CRC-32C of everything before it.
 */
final class BandBlob {
  static final int VERSION = 1;

  private static final BlobFormat FORMAT =
      new BlobFormat("TDMBANDS", VERSION, "table of bands", 32);

  private BandBlob() {}

  /** Writes at {@code offset} of the channel and returns the bytes written. */
  static long write(
      FileChannel channel, long offset, BandTable table, int dimension, int rows, Metric metric)
      throws IOException {
    BlobOutput out = FORMAT.write(channel, offset);
    out.putInt(dimension);
    out.putInt(rows);
    out.putInt(MetricNumber.of(metric));
    out.putInt(table.bands());
    out.putInt(table.size());
    for (int band = 0; band < table.bands(); band++) {
      out.putInts(table.keys(band));
      out.putInts(table.rows(band));
    }
    return out.finish() - offset;
  }

  /**
   * Reads and checks a blob.
   *
   * @throws IOException if it is cut off, no table of bands, of another version or metric, over
   *     other rows, or damaged
   */
  static BandTable read(
      FileChannel channel, long offset, long length, int dimension, int rows, Metric metric)
      throws IOException {
    BlobInput in = FORMAT.read(channel, offset, length);
    in.expect("dimension", dimension);
    in.expect("row count", rows);
    in.expect("metric", MetricNumber.of(metric));
    int bands = in.getInt();
    int members = in.getInt();
    int bytes = dimension / Byte.SIZE;
    if (bands < 1 || bands > bytes || bytes % bands != 0 || members < 0 || members > rows) {
      throw new IOException(
          "table of "
              + bands
              + " bands of "
              + members
              + " rows, of "
              + rows
              + " of "
              + bytes
              + " bytes");
    }
    int[][] keys = new int[bands][];
    int[][] listed = new int[bands][];
    for (int band = 0; band < bands; band++) {
      keys[band] = in.getInts(members);
      for (int i = 1; i < members; i++) {
        if (keys[band][i] < keys[band][i - 1]) {
          throw new IOException("band " + band + "'s keys are out of order");
        }
      }
      listed[band] = in.getRows(members, rows);
    }
    in.finish();
    return new BandTable(bytes / bands, keys, listed);
  }
}
