package io.tidemark.stores.lake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.column.Encoding;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.DataPage;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.DataPageV1;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.PageReader;
import org.apache.iceberg.shaded.org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.apache.iceberg.shaded.org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Copies the leaf of a list column of floats or ints from version 1 pages with plain values, once
 * their levels have shown that each list has exactly the dimension's values: the repetition level
 * is 0 for the first of each row and 1 for the others, the definition level always the highest.
 * Pages of equal size have equal level bytes, so mostly they are compared with those of the page
 * before, not decoded. One row group, then done.
 */
final class VectorPages {
  private final ColumnDescriptor leaf;
  private final int dimension;
  private final PrimitiveTypeName element;
  private final long values;
  private final ByteBuffer target;
  private byte[] provenLevels = new byte[0];
  private int provenValues = -1;
  private int provenStart = -1;

  VectorPages(ColumnDescriptor leaf, VectorBuffer vectors, int firstRow, int rows) {
    this.leaf = leaf;
    this.dimension = vectors.dimension();
    this.element = vectors.ofInts() ? PrimitiveTypeName.INT32 : PrimitiveTypeName.FLOAT;
    this.values = (long) rows * dimension;
    this.target = vectors.from(firstRow);
  }

  /**
   * @return false if the pages are of another kind or the vectors not all whole; the target is then
   *     partly written
   */
  boolean read(PageReader pages) throws IOException {
    if (leaf.getPrimitiveType().getPrimitiveTypeName() != element
        || leaf.getMaxRepetitionLevel() != 1
        || leaf.getMaxDefinitionLevel() < 1
        || pages.readDictionaryPage() != null
        || pages.getTotalValueCount() != values) {
      return false;
    }
    long read = 0;
    while (read < values) {
      DataPage page = pages.readPage();
      if (!(page instanceof DataPageV1 plain)
          || plain.getValueEncoding() != Encoding.PLAIN
          || plain.getRlEncoding() != Encoding.RLE
          || plain.getDlEncoding() != Encoding.RLE) {
        return false;
      }
      ByteBuffer bytes = elements(plain, (int) (read % dimension));
      if (bytes == null) {
        return false;
      }
      target.put(bytes);
      read += plain.getValueCount();
    }
    return true;
  }

  /** The values behind the levels, if those are as wanted. A page may begin within a row. */
  private @Nullable ByteBuffer elements(DataPageV1 page, int start) throws IOException {
    ByteBuffer bytes =
        page.getBytes()
            .toInputStream()
            .slice(Math.toIntExact(page.getBytes().size()))
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    int repetitionBytes = bytes.getInt(0);
    int definitionBytes = bytes.getInt(Integer.BYTES + repetitionBytes);
    byte[] levels = new byte[2 * Integer.BYTES + repetitionBytes + definitionBytes];
    bytes.get(levels);
    int count = page.getValueCount();
    if (count != provenValues || start != provenStart || !Arrays.equals(levels, provenLevels)) {
      if (!whole(levels, repetitionBytes, count, start)) {
        return null;
      }
      provenLevels = levels;
      provenValues = count;
      provenStart = start;
    }
    return bytes.remaining() == count * Float.BYTES ? bytes : null;
  }

  private boolean whole(byte[] levels, int repetitionBytes, int count, int start)
      throws IOException {
    int maxDefinition = leaf.getMaxDefinitionLevel();
    RunLengthBitPackingHybridDecoder repetitions =
        decoder(1, levels, Integer.BYTES, repetitionBytes);
    int definitionsAt = 2 * Integer.BYTES + repetitionBytes;
    RunLengthBitPackingHybridDecoder definitions =
        decoder(
            Integer.SIZE - Integer.numberOfLeadingZeros(maxDefinition),
            levels,
            definitionsAt,
            levels.length - definitionsAt);
    for (int i = 0; i < count; i++) {
      int expected = (start + i) % dimension == 0 ? 0 : 1;
      if (repetitions.readInt() != expected || definitions.readInt() != maxDefinition) {
        return false;
      }
    }
    return true;
  }

  private static RunLengthBitPackingHybridDecoder decoder(
      int bits, byte[] bytes, int offset, int length) {
    return new RunLengthBitPackingHybridDecoder(
        bits, new ByteArrayInputStream(bytes, offset, length));
  }
}
