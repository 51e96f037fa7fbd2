package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.blob.BlobFormat;
import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.index.blob.MetricNumber;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The bytes of a graph and of codes that it is walked by, inside an index file: a blob at any
 * offset, without the vectors. All numbers are little-endian.
 *
 * <pre>
 * blob   := header  graph  codes  checksum:int64
 * header := magic:int64 ("TDMGCODE")  version:int32 (1)  dimension:int32  rows:int32  metric:int32
 *           kind:int32
 * </pre>
 *
 * {@code rows} is the segment's row count; {@code metric} is 0 for L2, 1 for IP, 2 for COSINE;
 * {@code graph} is what {@link GraphBlob} has from the nodes on, without its checksum. {@code kind}
 * tells the codes, each in the order of the segment's rows: 1 are those of {@link
 * io.tidemark.engine.index.quantise.ScalarCodes}, 2 and 4 those of {@link
 * io.tidemark.engine.index.quantise.ProductCodes} of one level and of more, 5 those of {@link
 * io.tidemark.engine.index.quantise.HalfCodes}. A row that is not in the graph has a code that says
 * nothing. {@code checksum} is the CRC-32C of everything before it.
 */
final class CodedGraphBlob {
  static final int VERSION = 1;

  private static final BlobFormat FORMAT =
      new BlobFormat("TDMGCODE", VERSION, "graph with codes", 28);

  private CodedGraphBlob() {}

  /** What a blob holds. */
  record Read(FlatGraph graph, VectorCodes codes) {}

  /** Writes at {@code offset} of the channel and returns the bytes written. */
  static long write(
      FileChannel channel,
      long offset,
      FlatGraph graph,
      VectorCodes codes,
      int dimension,
      Metric metric)
      throws IOException {
    BlobOutput out = FORMAT.write(channel, offset);
    out.putInt(dimension);
    out.putInt(graph.bottom().rows());
    out.putInt(MetricNumber.of(metric));
    out.putInt(codes.kind());
    GraphBlob.put(out, graph);
    codes.writeTo(out);
    return out.finish() - offset;
  }

  /**
   * Reads and checks a blob.
   *
   * @throws IOException if it is cut off, no such graph, of another version or metric, over other
   *     rows, or damaged
   */
  static Read read(
      FileChannel channel, long offset, long length, int dimension, int rows, Metric metric)
      throws IOException {
    BlobInput in = FORMAT.read(channel, offset, length);
    in.expect("dimension", dimension);
    in.expect("row count", rows);
    in.expect("metric", MetricNumber.of(metric));
    int kind = in.getInt();
    FlatGraph graph = GraphBlob.get(in, rows);
    VectorCodes codes = VectorCodes.read(in, kind, rows, dimension);
    in.finish();
    return new Read(graph, codes);
  }
}
