package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;

/** A graph and codes in memory, to be written as {@link CodedGraphBlob} says. Immutable. */
final class BuiltCodedGraph implements BuiltIndex {
  static final String FORMAT_NAME = "tidemark-coded-graph-v" + CodedGraphBlob.VERSION;

  private final GraphIndexWriter graph;
  private final VectorCodes codes;
  private final Metric metric;

  BuiltCodedGraph(GraphIndexWriter graph, VectorCodes codes, Metric metric) {
    this.graph = graph;
    this.codes = codes;
    this.metric = metric;
  }

  @Override
  public String format() {
    return FORMAT_NAME;
  }

  @Override
  public long writeTo(FileChannel channel, long offset) throws IOException {
    return CodedGraphBlob.write(channel, offset, graph.graph(), codes, graph.dimension(), metric);
  }

  @Override
  public Map<String, String> properties() {
    Map<String, String> properties = graph.properties();
    properties.put(FORMAT, FORMAT_NAME);
    return properties;
  }

  @Override
  public String builder() {
    return graph.builder();
  }

  @Override
  public int size() {
    return graph.size();
  }
}
