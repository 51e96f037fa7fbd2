package io.tidemark.engine.index.band;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;

/** A table of bands in memory, to be written as {@link BandBlob} says. Immutable. */
final class BuiltBands implements BuiltIndex {
  static final String FORMAT_NAME = "tidemark-bands-v" + BandBlob.VERSION;

  private final BandTable table;
  private final int dimension;
  private final int rows;
  private final Metric metric;

  BuiltBands(BandTable table, int dimension, int rows, Metric metric) {
    this.table = table;
    this.dimension = dimension;
    this.rows = rows;
    this.metric = metric;
  }

  @Override
  public String format() {
    return FORMAT_NAME;
  }

  @Override
  public long writeTo(FileChannel channel, long offset) throws IOException {
    return BandBlob.write(channel, offset, table, dimension, rows, metric);
  }

  @Override
  public Map<String, String> properties() {
    return Map.of(
        FORMAT,
        FORMAT_NAME,
        "rows",
        Integer.toString(rows),
        "nodes",
        Integer.toString(table.size()),
        "dimension",
        Integer.toString(dimension),
        "bands",
        Integer.toString(table.bands()),
        "builder",
        builder());
  }

  @Override
  public String builder() {
    return BuildDevice.CPU.name();
  }

  @Override
  public int size() {
    return table.size();
  }
}
