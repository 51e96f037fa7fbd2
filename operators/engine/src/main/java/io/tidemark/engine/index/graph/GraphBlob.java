package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.blob.BlobFormat;
import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import java.io.IOException;
import java.nio.channels.FileChannel;

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

  private static final BlobFormat FORMAT = new BlobFormat("TDMGRAPH", VERSION, "graph", 32);
  private static final int LAYERS_MAX = 64;

  private GraphBlob() {}

  /** Writes at {@code offset} of the channel and returns the bytes written. */
  static long write(FileChannel channel, long offset, FlatGraph graph, int dimension)
      throws IOException {
    BlobOutput out = FORMAT.write(channel, offset);
    out.putInt(dimension);
    out.putInt(graph.bottom().rows());
    put(out, graph);
    return out.finish() - offset;
  }

  /** From the nodes on, without the checksum. */
  static void put(BlobOutput out, FlatGraph graph) throws IOException {
    FlatGraph.Bottom bottom = graph.bottom();
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
  }

  /**
   * Reads and checks a blob.
   *
   * @throws IOException if it is cut off, not a graph, of another version, over other rows, or
   *     damaged
   */
  static FlatGraph read(FileChannel channel, long offset, long length, int dimension, int rows)
      throws IOException {
    BlobInput in = FORMAT.read(channel, offset, length);
    in.expect("dimension", dimension);
    in.expect("row count", rows);
    FlatGraph graph = get(in, rows);
    in.finish();
    return graph;
  }

  /** From the nodes on, without the checksum. */
  static FlatGraph get(BlobInput in, int rows) throws IOException {
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
    return new FlatGraph(nodes, entry, bottom, upper);
  }
}
