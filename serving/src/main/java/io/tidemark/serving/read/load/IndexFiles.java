package io.tidemark.serving.read.load;

import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.serving.read.cache.IndexCache;
import io.tidemark.stores.puffin.PuffinBlob;
import io.tidemark.stores.puffin.PuffinReader;
import java.io.IOException;
import java.nio.file.Path;

/** Opens registered index files. Stateless. */
final class IndexFiles {
  private IndexFiles() {}

  /**
   * @param vectors of the segment's rows
   * @throws IOException if the file is not byte for byte the one that was registered, or has no
   *     blob for the field
   */
  static VectorIndex open(IndexCache files, SegmentIndex index, Vectors vectors, Metric metric)
      throws IOException {
    if (index.rows() != vectors.size()) {
      throw new IOException(
          index.file() + " is over " + index.rows() + " rows, the segment has " + vectors.size());
    }
    return files.read(index, file -> open(file, index, vectors, metric));
  }

  private static VectorIndex open(Path file, SegmentIndex index, Vectors vectors, Metric metric)
      throws IOException {
    for (PuffinBlob blob : PuffinReader.open(file).blobs()) {
      if (blob.isOf(index)) {
        return IndexFamilies.of(index.type())
            .open(
                new IndexBlob(file, blob.offset(), blob.length(), blob.properties()),
                vectors,
                metric);
      }
    }
    throw new IOException(file + " has no blob for field " + index.fieldId());
  }
}
