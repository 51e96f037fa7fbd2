package io.tidemark.engine.index.graph;

import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.NodesIterator;
import java.io.IOException;
import java.util.Arrays;

/** Takes the neighbour lists out of a graph that jvector has built. */
final class GraphExtract {
  private GraphExtract() {}

  /**
   * @param members the rows in it, ascending
   * @param rows of the segment
   */
  static FlatGraph of(ImmutableGraphIndex built, int[] members, int rows) throws IOException {
    if (members.length == 0) {
      return new FlatGraph(
          0,
          FlatGraph.NO_ENTRY,
          new FlatGraph.Bottom(new int[rows + 1], new int[0]),
          new FlatGraph.Layer[0]);
    }
    try (ImmutableGraphIndex.View view = built.getView()) {
      ImmutableGraphIndex.NodeAtLevel entry = view.entryNode();
      FlatGraph.Layer all = layer(view, 0, members);
      FlatGraph.Layer[] upper = new FlatGraph.Layer[entry.level];
      for (int level = 1; level <= entry.level; level++) {
        upper[level - 1] = layer(view, level, members(built.getNodes(level)));
      }
      return new FlatGraph(members.length, entry.node, FlatGraph.Bottom.of(all, rows), upper);
    }
  }

  private static int[] members(NodesIterator nodes) {
    int[] members = new int[nodes.size()];
    int count = 0;
    while (nodes.hasNext()) {
      members[count++] = nodes.nextInt();
    }
    Arrays.sort(members, 0, count);
    return Arrays.copyOf(members, count);
  }

  private static FlatGraph.Layer layer(ImmutableGraphIndex.View view, int level, int[] members) {
    int[] offsets = new int[members.length + 1];
    int[] neighbours = new int[members.length * 8];
    int total = 0;
    for (int i = 0; i < members.length; i++) {
      NodesIterator list = view.getNeighborsIterator(level, members[i]);
      while (list.hasNext()) {
        if (total == neighbours.length) {
          neighbours = Arrays.copyOf(neighbours, (int) Math.min(total * 2L, Integer.MAX_VALUE - 8));
        }
        neighbours[total++] = list.nextInt();
      }
      offsets[i + 1] = total;
    }
    return new FlatGraph.Layer(members, offsets, Arrays.copyOf(neighbours, total));
  }
}
