package io.tidemark.engine.index.sparse;

import io.tidemark.engine.index.blob.BlobFormat;
import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.index.blob.MetricNumber;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of sparse lists inside an index file: a blob at any offset, without the vectors. All
 * numbers are little-endian.
 *
 * <pre>
 * blob   := header  window*  checksum:int64
 * header := magic:int64 ("TDMSPARS")  version:int32 (1)  rows:int32  size:int32  metric:int32
 *           algorithm:int32  windowRows:int32 (8192)  windows:int32
 * window := lists:int32  indices:int32[lists]  offsets:int32[lists + 1]  scales:float32[lists]
 *           places:int16[offsets[lists]]  codes:int8[offsets[lists]]
 * </pre>
 *
 * {@code rows} is the segment's row count, {@code size} how many of them are in lists; window w has
 * those from {@code w × windowRows} on. {@code metric} is as {@link MetricNumber} has it, that of
 * IP; {@code algorithm} is 0 for DAAT_MAXSCORE, 1 for DAAT_WAND, 2 for TAAT_NAIVE. A window's lists
 * are by ascending index, which is unsigned and has its highest bit flipped; list l has the rows at
 * {@code places[offsets[l] .. offsets[l + 1])} of the window, unsigned, each with a value of at
 * most {@code codes × scales[l]}, codes unsigned. {@code checksum} is the CRC-32C of everything
 * before it.
 */
final class SparseBlob {
  static final int VERSION = 1;

  private static final BlobFormat FORMAT = new BlobFormat("TDMSPARS", VERSION, "sparse lists", 36);

  private SparseBlob() {}

  /** Writes at {@code offset} of the channel and returns the bytes written. */
  static long write(FileChannel channel, long offset, SparseLists lists, int rows)
      throws IOException {
    BlobOutput out = FORMAT.write(channel, offset);
    out.putInt(rows);
    out.putInt(lists.size());
    out.putInt(MetricNumber.of(Metric.IP));
    out.putInt(lists.algorithm().number());
    out.putInt(ListWindow.ROWS);
    out.putInt(lists.windows().size());
    for (ListWindow window : lists.windows()) {
      out.putInt(window.indices().length);
      out.putInts(window.indices());
      out.putInts(window.offsets());
      out.putFloats(window.scales());
      out.putBytes(bytes(window.places()));
      out.putBytes(window.codes());
    }
    return out.finish() - offset;
  }

  /**
   * Reads and checks a blob.
   *
   * @throws IOException if it is cut off, no such lists, of another version, over other rows, or
   *     damaged
   */
  static SparseLists read(FileChannel channel, long offset, long length, int rows, Metric metric)
      throws IOException {
    BlobInput in = FORMAT.read(channel, offset, length);
    in.expect("row count", rows);
    int size = in.getInt();
    if (size < 0 || size > rows) {
      throw new IOException("sparse lists of " + size + " of " + rows + " rows");
    }
    in.expect("metric", MetricNumber.of(metric));
    Algorithm algorithm = Algorithm.ofNumber(in.getInt());
    in.expect("window size", ListWindow.ROWS);
    in.expect("window count", SparseLists.windows(rows));
    List<ListWindow> windows = new ArrayList<>();
    for (int window = 0; window < SparseLists.windows(rows); window++) {
      int lists = in.getInt();
      int[] indices = in.getInts(lists);
      int[] offsets = in.getOffsets(lists);
      float[] scales = in.getFloats(lists);
      short[] places =
          places(
              in.getBytes((long) Short.BYTES * offsets[lists]),
              Math.min(ListWindow.ROWS, rows - window * ListWindow.ROWS));
      windows.add(new ListWindow(indices, offsets, scales, places, in.getBytes(offsets[lists])));
    }
    in.finish();
    return new SparseLists(windows, size, algorithm);
  }

  private static byte[] bytes(short[] places) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(places.length, Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(places);
    return bytes.array();
  }

  private static short[] places(byte[] bytes, int rows) throws IOException {
    short[] places = new short[bytes.length / Short.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(places);
    for (short place : places) {
      if (Short.toUnsignedInt(place) >= rows) {
        throw new IOException("sparse lists name row " + place + " of a window of " + rows);
      }
    }
    return places;
  }
}
