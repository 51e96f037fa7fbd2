package io.tidemark.engine.index.sparse;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.TreeMap;

/** Lists in memory, to be written. Immutable. */
final class BuiltSparse implements BuiltIndex {
  static final String FORMAT_NAME = "tidemark-sparse-v" + SparseBlob.VERSION;

  private final SparseLists lists;
  private final int rows;

  /**
   * @param rows of the segment
   */
  BuiltSparse(SparseLists lists, int rows) {
    this.lists = lists;
    this.rows = rows;
  }

  @Override
  public String format() {
    return FORMAT_NAME;
  }

  @Override
  public long writeTo(FileChannel channel, long offset) throws IOException {
    return SparseBlob.write(channel, offset, lists, rows);
  }

  @Override
  public Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(FORMAT, FORMAT_NAME);
    properties.put("rows", Integer.toString(rows));
    properties.put("nodes", Integer.toString(lists.size()));
    properties.put("windows", Integer.toString(lists.windows().size()));
    properties.put("builder", builder());
    return properties;
  }

  @Override
  public String builder() {
    return BuildDevice.CPU.name();
  }

  @Override
  public int size() {
    return lists.size();
  }
}
