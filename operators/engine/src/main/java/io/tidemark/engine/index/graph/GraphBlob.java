package io.tidemark.engine.index.graph;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * The bytes of a graph inside an index file: a blob at any offset, without the vectors. All numbers
 * are little-endian.
 *
 * <pre>
 * blob   := header  bottom  layer*  checksum:int64
 * header := magic:int64 ("TDMGRAPH")  version:int32 (1)  dimension:int32  rows:int32  nodes:int32
 *           entry:int32  layers:int32
 * bottom := offsets:int32[rows + 1]  neighbours:int32[offsets[rows]]
 * layer  := count:int32  members:int32[count]  offsets:int32[count + 1]  neighbours:int32[offsets[count]]
 * </pre>
 *
 * {@code rows} is the segment's row count, {@code nodes} how many of them are in the graph, {@code
 * entry} the row where a search starts, −1 without nodes. Neighbours are row ordinals; those of the
 * i-th row (bottom) or member (layer, members ascending) are {@code neighbours[offsets[i] ..
 * offsets[i + 1])}, best first. Layers go upwards, each a subset of the one below. {@code checksum}
 * is the CRC-32C of everything before it.
 */
final class GraphBlob {
  static final int VERSION = 1;

  private static final long MAGIC =
      ByteBuffer.wrap("TDMGRAPH".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();
  private static final int HEADER_BYTES = 32;
  private static final int CHECKSUM_BYTES = 8;
  private static final int CHUNK_BYTES = 1 << 18;
  private static final int LAYERS_MAX = 64;

  private GraphBlob() {}

  /** Writes at {@code offset} of the channel and returns the bytes written. */
  static long write(FileChannel channel, long offset, FlatGraph graph, int dimension)
      throws IOException {
    Output out = new Output(channel, offset);
    FlatGraph.Bottom bottom = graph.bottom();
    out.putLong(MAGIC);
    out.putInt(VERSION);
    out.putInt(dimension);
    out.putInt(bottom.rows());
    out.putInt(graph.nodeCount());
    out.putInt(graph.entry());
    out.putInt(graph.upper().length);
    out.putInts(bottom.offsets);
    out.putInts(bottom.neighbours);
    for (FlatGraph.Layer layer : graph.upper()) {
      out.putInt(layer.nodes.length);
      out.putInts(layer.nodes);
      out.putInts(layer.offsets);
      out.putInts(layer.neighbours);
    }
    return out.finish() - offset;
  }

  /**
   * Reads and checks a blob.
   *
   * @throws IOException if it is cut off, not a graph, of another version, over other rows, or
   *     damaged
   */
  static FlatGraph read(FileChannel channel, long offset, long length, int dimension, int rows)
      throws IOException {
    Input in = new Input(channel, offset, length);
    if (in.getLong() != MAGIC) {
      throw new IOException("no graph at offset " + offset + ": its first bytes differ");
    }
    expect("version", VERSION, in.getInt());
    expect("dimension", dimension, in.getInt());
    expect("row count", rows, in.getInt());
    int nodes = in.getInt();
    int entry = in.getInt();
    int layers = in.getInt();
    if (nodes < 0 || nodes > rows || entry < -1 || entry >= rows || (entry < 0) != (nodes == 0)) {
      throw new IOException("graph of " + nodes + " nodes over " + rows + " rows, entry " + entry);
    }
    if (layers < 0 || layers > LAYERS_MAX) {
      throw new IOException("graph with " + layers + " layers, the limit is " + LAYERS_MAX);
    }
    int[] offsets = in.getOffsets(rows);
    FlatGraph.Bottom bottom = new FlatGraph.Bottom(offsets, in.getRows(offsets[rows], rows));
    FlatGraph.Layer[] upper = new FlatGraph.Layer[layers];
    for (int i = 0; i < layers; i++) {
      int count = in.getInt();
      if (count < 1 || count > nodes) {
        throw new IOException(
            "layer " + (i + 1) + " of " + count + " nodes, the graph has " + nodes);
      }
      int[] members = in.getRows(count, rows);
      int[] layerOffsets = in.getOffsets(count);
      upper[i] = new FlatGraph.Layer(members, layerOffsets, in.getRows(layerOffsets[count], rows));
    }
    in.finish();
    return new FlatGraph(nodes, entry, bottom, upper);
  }

  private static void expect(String what, int expected, int found) throws IOException {
    if (expected != found) {
      throw new IOException("graph's " + what + " is " + found + ", expected " + expected);
    }
  }

  /** Buffered writes with a running checksum. */
  private static final class Output {
    private final FileChannel channel;
    private final ByteBuffer buffer = chunk();
    private final CRC32C checksum = new CRC32C();
    private long position;

    Output(FileChannel channel, long position) {
      this.channel = channel;
      this.position = position;
    }

    void putInt(int value) throws IOException {
      room(4);
      buffer.putInt(value);
    }

    void putLong(long value) throws IOException {
      room(8);
      buffer.putLong(value);
    }

    void putInts(int[] values) throws IOException {
      int done = 0;
      while (done < values.length) {
        room(4);
        int count = Math.min(values.length - done, buffer.remaining() / 4);
        buffer.asIntBuffer().put(values, done, count);
        buffer.position(buffer.position() + 4 * count);
        done += count;
      }
    }

    /** Appends the checksum and returns the position behind it. */
    long finish() throws IOException {
      flush();
      buffer.putLong(checksum.getValue());
      flush();
      return position;
    }

    private void room(int bytes) throws IOException {
      if (buffer.remaining() < bytes) {
        flush();
      }
    }

    private void flush() throws IOException {
      buffer.flip();
      checksum.update(buffer.duplicate());
      while (buffer.hasRemaining()) {
        position += channel.write(buffer, position);
      }
      buffer.clear();
    }
  }

  /** Buffered, bounded reads with a running checksum. */
  private static final class Input {
    private final FileChannel channel;
    private final ByteBuffer buffer = chunk().limit(0);
    private final CRC32C checksum = new CRC32C();
    private final long end;
    private long position;

    Input(FileChannel channel, long offset, long length) throws IOException {
      this.channel = channel;
      this.position = offset;
      this.end = offset + length - CHECKSUM_BYTES;
      if (offset < 0 || length < HEADER_BYTES + CHECKSUM_BYTES || end > channel.size()) {
        throw new EOFException(
            "graph of " + length + " bytes at " + offset + " of a file of " + channel.size());
      }
    }

    int getInt() throws IOException {
      need(4);
      return buffer.getInt();
    }

    long getLong() throws IOException {
      need(8);
      return buffer.getLong();
    }

    /** {@code count + 1} offsets, ascending from 0. */
    int[] getOffsets(int count) throws IOException {
      int[] offsets = getInts(count + 1L);
      int previous = 0;
      for (int offset : offsets) {
        if (offset < previous) {
          throw new IOException(
              "graph's offsets are out of order: " + offset + " after " + previous);
        }
        previous = offset;
      }
      if (offsets[0] != 0) {
        throw new IOException("graph's first offset is " + offsets[0] + ", expected 0");
      }
      return offsets;
    }

    int[] getRows(int count, int rows) throws IOException {
      int[] values = getInts(count);
      for (int value : values) {
        if (value < 0 || value >= rows) {
          throw new IOException("graph names row " + value + " of " + rows);
        }
      }
      return values;
    }

    void finish() throws IOException {
      if (buffer.hasRemaining() || position != end) {
        throw new IOException(
            (end - position + buffer.remaining()) + " bytes too many in the graph");
      }
      ByteBuffer stored = ByteBuffer.allocate(CHECKSUM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      fill(stored, end);
      if (stored.getLong() != checksum.getValue()) {
        throw new IOException("graph's checksum does not match: the file is damaged");
      }
    }

    private int[] getInts(long count) throws IOException {
      if (4 * count > end - position + buffer.remaining()) {
        throw new EOFException("graph is cut off: " + count + " numbers expected");
      }
      int[] values = new int[(int) count];
      int done = 0;
      while (done < values.length) {
        need(4);
        int some = Math.min(values.length - done, buffer.remaining() / 4);
        buffer.asIntBuffer().get(values, done, some);
        buffer.position(buffer.position() + 4 * some);
        done += some;
      }
      return values;
    }

    private void need(int bytes) throws IOException {
      if (buffer.remaining() >= bytes) {
        return;
      }
      buffer.compact();
      int kept = buffer.position();
      buffer.limit((int) Math.min(buffer.capacity(), kept + end - position));
      int wanted = buffer.remaining();
      if (kept + wanted < bytes) {
        throw new EOFException("graph is cut off");
      }
      fill(buffer, position);
      position += wanted;
      checksum.update(buffer.duplicate().position(kept));
    }

    private void fill(ByteBuffer target, long from) throws IOException {
      int start = target.position();
      while (target.hasRemaining()) {
        if (channel.read(target, from + target.position() - start) < 0) {
          throw new EOFException("graph is cut off by the end of the file");
        }
      }
      target.flip();
    }
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
