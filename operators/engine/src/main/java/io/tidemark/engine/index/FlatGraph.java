package io.tidemark.engine.index;

import java.util.Arrays;

/**
 * A layered proximity graph as plain int arrays. Nodes are row ordinals of a segment. Immutable,
 * safe for concurrent use.
 */
final class FlatGraph {
  /** Entry of a graph without nodes. */
  static final int NO_ENTRY = -1;

  private final int nodeCount;
  private final int entry;
  private final Bottom bottom;
  private final Layer[] upper;

  /**
   * @param nodeCount rows that are in the graph
   * @param entry where a search starts, on the top layer; {@link #NO_ENTRY} if there are no nodes
   * @param upper layers above the bottom, lowest first
   */
  FlatGraph(int nodeCount, int entry, Bottom bottom, Layer[] upper) {
    this.nodeCount = nodeCount;
    this.entry = entry;
    this.bottom = bottom;
    this.upper = upper;
  }

  int nodeCount() {
    return nodeCount;
  }

  int entry() {
    return entry;
  }

  Bottom bottom() {
    return bottom;
  }

  /** Layers above the bottom, lowest first. */
  Layer[] upper() {
    return upper;
  }

  long bytes() {
    long total = 4L * (bottom.offsets.length + bottom.neighbours.length);
    for (Layer layer : upper) {
      total += 4L * (layer.nodes.length + layer.offsets.length + layer.neighbours.length);
    }
    return total;
  }

  /**
   * The layer with every node: neighbours of row {@code r} are {@code neighbours[offsets[r] ..
   * offsets[r + 1])}; a row outside of the graph has none.
   */
  static final class Bottom {
    final int[] offsets;
    final int[] neighbours;

    Bottom(int[] offsets, int[] neighbours) {
      this.offsets = offsets;
      this.neighbours = neighbours;
    }

    /** Ordinals run below this. */
    int rows() {
      return offsets.length - 1;
    }

    double averageDegree(int nodes) {
      return nodes == 0 ? 0 : (double) neighbours.length / nodes;
    }
  }

  /** An upper layer: its nodes ascending, the i-th one's neighbours at {@code offsets[i]}. */
  static final class Layer {
    final int[] nodes;
    final int[] offsets;
    final int[] neighbours;

    Layer(int[] nodes, int[] offsets, int[] neighbours) {
      this.nodes = nodes;
      this.offsets = offsets;
      this.neighbours = neighbours;
    }

    /** The place of a node in this layer, negative if it is not in it. */
    int find(int node) {
      return Arrays.binarySearch(nodes, node);
    }
  }
}
