package io.tidemark.engine.index.graph;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A layered proximity graph as plain int arrays. Nodes are row ordinals of a segment. Immutable,
 * safe for concurrent use.
 */
public final class FlatGraph {
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

  /**
   * From layers that somebody else has built, which are checked: a graph that leads out of itself
   * would fail searches much later.
   *
   * @param rows of the segment; nodes are below it
   * @param entry where a search starts, a node of the top layer; −1 if there are no nodes
   * @param layers the bottom one first, each a subset of the one below
   * @throws IllegalArgumentException saying what is wrong
   */
  public static FlatGraph of(int rows, int entry, List<Layer> layers) {
    Layer all = layers.getFirst();
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).check(i, i == 0 ? null : layers.get(i - 1), rows);
    }
    boolean entryIsThere = layers.getLast().find(entry) >= 0;
    if (all.nodes.length == 0 ? entry != NO_ENTRY : !entryIsThere) {
      throw new IllegalArgumentException("entry " + entry + " is not on the top layer");
    }
    return new FlatGraph(
        all.nodes.length,
        entry,
        Bottom.of(all, rows),
        layers.subList(1, layers.size()).toArray(Layer[]::new));
  }

  int nodeCount() {
    return nodeCount;
  }

  /** Neighbours of a node on the bottom layer, on average. */
  double degree() {
    return nodeCount == 0 ? 0 : (double) bottom.neighbours.length / nodeCount;
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

    /** The same lists, found by row instead of by place among the nodes. */
    static Bottom of(Layer all, int rows) {
      int[] offsets = new int[rows + 1];
      int place = 0;
      for (int row = 0; row < rows; row++) {
        if (place < all.nodes.length && all.nodes[place] == row) {
          place++;
        }
        offsets[row + 1] = all.offsets[place];
      }
      return new Bottom(offsets, all.neighbours);
    }

    boolean hasNeighbours(int row) {
      return offsets[row] < offsets[row + 1];
    }

    /** Rows that have neighbours. */
    int[] nodes() {
      return IntStream.range(0, rows()).filter(this::hasNeighbours).toArray();
    }

    /** Ordinals run below this. */
    int rows() {
      return offsets.length - 1;
    }
  }

  /** A layer: its nodes ascending, the i-th one's neighbours at {@code offsets[i]}. */
  public static final class Layer {
    final int[] nodes;
    final int[] offsets;
    final int[] neighbours;

    /**
     * @param nodes ascending
     * @param offsets one more than nodes, from 0, ascending
     * @param neighbours of the i-th node, nearest first: from {@code offsets[i]} to {@code
     *     offsets[i + 1]}
     */
    public Layer(int[] nodes, int[] offsets, int[] neighbours) {
      this.nodes = nodes;
      this.offsets = offsets;
      this.neighbours = neighbours;
    }

    /** The place of a node in this layer, negative if it is not in it. */
    int find(int node) {
      return Arrays.binarySearch(nodes, node);
    }

    private void check(int level, @Nullable Layer below, int rows) {
      if (offsets.length != nodes.length + 1
          || offsets[0] != 0
          || offsets[nodes.length] != neighbours.length) {
        throw new IllegalArgumentException("layer " + level + ": offsets do not span its edges");
      }
      BitSet members = new BitSet(rows);
      for (int i = 0; i < nodes.length; i++) {
        int node = nodes[i];
        if (node < 0 || node >= rows || (i > 0 && node <= nodes[i - 1])) {
          throw new IllegalArgumentException(
              "layer " + level + ": node " + node + " of " + rows + " is out of range or order");
        }
        if (offsets[i + 1] < offsets[i]) {
          throw new IllegalArgumentException("layer " + level + ": offsets are out of order");
        }
        if (below != null && below.find(node) < 0) {
          throw new IllegalArgumentException(
              "layer " + level + ": node " + node + " is not on the layer below");
        }
        members.set(node);
      }
      for (int neighbour : neighbours) {
        if (neighbour < 0 || !members.get(neighbour)) {
          throw new IllegalArgumentException(
              "layer " + level + ": neighbour " + neighbour + " is not on it");
        }
      }
    }
  }
}
