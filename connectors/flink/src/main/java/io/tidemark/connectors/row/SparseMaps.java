package io.tidemark.connectors.row;

import com.google.protobuf.ByteString;
import io.tidemark.model.column.SparseRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.MapType;

/**
 * Sparse vectors between the wire and Flink's MAP&lt;BIGINT, FLOAT&gt;, index to value. Stateless.
 */
public final class SparseMaps {
  private SparseMaps() {}

  static MapType type(boolean nullable) {
    return new MapType(nullable, new BigIntType(false), new FloatType(false));
  }

  /** Whether a column of that type holds such vectors. */
  public static boolean fits(LogicalType type) {
    return type instanceof MapType map
        && map.getKeyType().is(LogicalTypeRoot.BIGINT)
        && map.getValueType().is(LogicalTypeRoot.FLOAT);
  }

  /** By ascending index. */
  public static MapData of(ByteString row) {
    ByteBuffer pairs = row.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    Map<Long, Float> elements = new LinkedHashMap<>();
    for (int i = 0; i < pairs.limit() / SparseRow.PAIR_BYTES; i++) {
      elements.put(Integer.toUnsignedLong(SparseRow.index(pairs, i)), SparseRow.value(pairs, i));
    }
    return new GenericMapData(elements);
  }

  /**
   * The vector that a map is.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static byte[] row(MapData map) {
    ArrayData keys = map.keyArray();
    ArrayData values = map.valueArray();
    long[] indices = new long[map.size()];
    for (int i = 0; i < indices.length; i++) {
      if (keys.isNullAt(i) || values.isNullAt(i)) {
        throw new IllegalArgumentException("has an index or a value that is NULL");
      }
      indices[i] = keys.getLong(i);
      if (indices[i] < 0 || indices[i] >= SparseRow.INDEX_END) {
        throw new IllegalArgumentException(
            "has index " + indices[i] + ", indices are from 0 to " + (SparseRow.INDEX_END - 1));
      }
    }
    int[] order =
        IntStream.range(0, indices.length)
            .boxed()
            .sorted((a, b) -> Long.compare(indices[a], indices[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] sorted = new int[order.length];
    float[] numbers = new float[order.length];
    for (int i = 0; i < order.length; i++) {
      sorted[i] = (int) indices[order[i]];
      numbers[i] = values.getFloat(order[i]);
    }
    byte[] row = SparseRow.of(sorted, numbers);
    SparseRow.fault(ByteBuffer.wrap(row))
        .ifPresent(fault -> {
          throw new IllegalArgumentException("is no sparse vector: " + fault);
        });
    return row;
  }
}
