package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.blob.BlobFormat;
import io.tidemark.engine.index.blob.BlobInput;
import io.tidemark.engine.index.blob.BlobOutput;
import io.tidemark.engine.index.blob.MetricNumber;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The bytes of an inverted file inside an index file: a blob at any offset, without the vectors.
 * All numbers are little-endian.
 *
 * <pre>
 * blob    := header  centroids:float32[lists × dimension]  offsets:int32[lists + 1]
 *            members:int32[offsets[lists]]  content  checksum:int64
 * header  := magic:int64 ("TDMLISTS")  version:int32 (1)  dimension:int32  rows:int32  metric:int32
 *            kind:int32  lists:int32
 * content := nothing (kind 0) | codes (kind 1 and 2) | signs (kind 3)
 * signs   := signs:int64[members × ⌈dimension / 64⌉]  constants:float32[members]
 *            scales:float32[members]
 * </pre>
 *
 * {@code rows} is the segment's row count; {@code metric} is 0 for L2, 1 for IP, 2 for COSINE, 3
 * for HAMMING, 4 for JACCARD; the members of list l are the row ordinals {@code members[offsets[l]
 * .. offsets[l + 1])}. Under COSINE centroids are means of unit vectors, of bits those of the
 * floats 0 and 1. Kind 1 are the codes of {@link io.tidemark.engine.index.quantise.ScalarCodes}, 2
 * those of {@link io.tidemark.engine.index.quantise.ProductCodes}, 3 those of {@link RabitqCodes},
 * each in the order of the members. {@code checksum} is the CRC-32C of everything before it.
 */
final class IvfBlob {
  static final int VERSION = 1;

  private static final BlobFormat FORMAT = new BlobFormat("TDMLISTS", VERSION, "inverted file", 32);
  private static final int LISTS_MAX = 65_536;
  private static final int PLAIN = 0;
  private static final int SIGNS = 3;

  private IvfBlob() {}

  /** Writes at {@code offset} of the channel and returns the bytes written. */
  static long write(
      FileChannel channel,
      long offset,
      InvertedLists lists,
      ListContent content,
      int rows,
      Metric metric)
      throws IOException {
    BlobOutput out = FORMAT.write(channel, offset);
    out.putInt(lists.centroids().dimension());
    out.putInt(rows);
    out.putInt(MetricNumber.of(metric));
    out.putInt(
        switch (content) {
          case ListContent.Plain plain -> PLAIN;
          case ListContent.Coded coded -> coded.codes().kind();
          case ListContent.Signs signs -> SIGNS;
        });
    out.putInt(lists.count());
    out.putFloats(lists.centroids().data());
    out.putInts(lists.offsets());
    out.putInts(lists.rows());
    switch (content) {
      case ListContent.Plain plain -> {
        // The vectors are the segment's.
      }
      case ListContent.Coded coded -> coded.codes().writeTo(out);
      case ListContent.Signs signs -> {
        out.putLongs(signs.codes().signs());
        out.putFloats(signs.codes().constants());
        out.putFloats(signs.codes().scales());
      }
    }
    return out.finish() - offset;
  }

  /** What a blob holds. */
  record Read(InvertedLists lists, ListContent content) {}

  /**
   * Reads and checks a blob.
   *
   * @throws IOException if it is cut off, no inverted file, of another version or metric, over
   *     other rows, or damaged
   */
  static Read read(
      FileChannel channel, long offset, long length, int dimension, int rows, Metric metric)
      throws IOException {
    BlobInput in = FORMAT.read(channel, offset, length);
    in.expect("dimension", dimension);
    in.expect("row count", rows);
    in.expect("metric", MetricNumber.of(metric));
    int kind = in.getInt();
    int count = in.getInt();
    if (count < 1 || count > LISTS_MAX) {
      throw new IOException("inverted file of " + count + " lists, the limit is " + LISTS_MAX);
    }
    Centroids centroids = new Centroids(in.getFloats((long) count * dimension), dimension);
    int[] offsets = in.getOffsets(count);
    int members = offsets[count];
    InvertedLists lists = new InvertedLists(centroids, offsets, in.getRows(members, rows));
    ListContent content =
        switch (kind) {
          case PLAIN -> new ListContent.Plain();
          case SIGNS ->
              new ListContent.Signs(
                  new RabitqCodes(
                      lists,
                      in.getLongs((long) members * RabitqCodes.words(dimension)),
                      in.getFloats(members),
                      in.getFloats(members)));
          default -> new ListContent.Coded(VectorCodes.read(in, kind, members, dimension));
        };
    in.finish();
    return new Read(lists, content);
  }
}
