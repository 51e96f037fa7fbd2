package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.TreeMap;

/** An inverted file in memory, to be written as {@link IvfBlob} says. Immutable. */
final class BuiltIvf implements BuiltIndex {
  static final String FORMAT_NAME = "tidemark-ivf-v" + IvfBlob.VERSION;

  private final InvertedLists lists;
  private final ListContent content;
  private final int rows;
  private final Metric metric;

  BuiltIvf(InvertedLists lists, ListContent content, int rows, Metric metric) {
    this.lists = lists;
    this.content = content;
    this.rows = rows;
    this.metric = metric;
  }

  /**
   * For searches in this process, without a file.
   *
   * @param vectors that it was built of
   */
  VectorIndex open(IvfFamily family, Vectors vectors) {
    return new IvfIndex(new IvfBlob.Read(lists, content), family, vectors, metric);
  }

  @Override
  public String format() {
    return FORMAT_NAME;
  }

  @Override
  public long writeTo(FileChannel channel, long offset) throws IOException {
    return IvfBlob.write(channel, offset, lists, content, rows, metric);
  }

  @Override
  public Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(FORMAT, FORMAT_NAME);
    properties.put("rows", Integer.toString(rows));
    properties.put("nodes", Integer.toString(lists.size()));
    properties.put("dimension", Integer.toString(lists.centroids().dimension()));
    properties.put("nlist", Integer.toString(lists.count()));
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
