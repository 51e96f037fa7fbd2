package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Opens the graphs that {@link GraphIndexWriter} wrote. */
public final class GraphIndexReader {
  private GraphIndexReader() {}

  /**
   * Reads a graph into the heap and checks it; the file is not needed afterwards. Large ones get
   * codes to be walked by.
   *
   * @param offset where the blob starts in the file
   * @param length its bytes
   * @param properties as {@link GraphIndexWriter#properties()} gave them
   * @param vectors of the segment's rows; the same as the graph was built over
   * @param metric the collection's: the graph may have been built by another similarity
   * @throws IOException if the blob is damaged, of an unknown version, or over other rows
   */
  public static VectorIndex open(
      Path file,
      long offset,
      long length,
      Map<String, String> properties,
      Vectors vectors,
      Metric metric)
      throws IOException {
    FlatGraph graph =
        new IndexBlob(file, offset, length, properties)
            .read(
                GraphIndexWriter.FORMAT_NAME,
                (channel, from, bytes) ->
                    GraphBlob.read(channel, from, bytes, vectors.dimension(), vectors.size()));
    return new GraphIndex(
        graph,
        WalkCodes.of(graph, vectors, metric),
        vectors,
        metric,
        IndexType.HNSW,
        GraphEffort.OF_HNSW);
  }
}
