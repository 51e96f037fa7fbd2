package io.tidemark.serving.read.load;

import io.tidemark.engine.index.GraphIndexReader;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.puffin.PuffinBlob;
import io.tidemark.stores.puffin.PuffinReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens registered index files, on a local file system. Stateless. */
final class IndexFiles {
  private IndexFiles() {}

  /**
   * @param vectors of the segment's rows
   * @throws IOException if the file is not byte for byte the one that was registered, or has no
   *     blob for the field
   */
  static VectorIndex open(SegmentIndex index, FloatVectors vectors, Metric metric)
      throws IOException {
    if (index.rows() != vectors.size()) {
      throw new IOException(
          index.file() + " is over " + index.rows() + " rows, the segment has " + vectors.size());
    }
    Path file = path(index.file());
    verify(file, index.fileBytes(), index.checksum());
    for (PuffinBlob blob : PuffinReader.open(file).blobs()) {
      if (blob.isOf(index)) {
        return GraphIndexReader.open(
            file, blob.offset(), blob.length(), blob.properties(), vectors, metric);
      }
    }
    throw new IOException(file + " has no blob for field " + index.fieldId());
  }

  /** Iceberg's local locations are paths behind {@code file:}, with nothing escaped. */
  private static Path path(String location) {
    return Path.of(location.replaceFirst("^file:/+", "/"));
  }

  private static void verify(Path file, long bytes, long checksum) throws IOException {
    if (Files.size(file) != bytes) {
      throw new IOException(file + " has " + Files.size(file) + " bytes, registered are " + bytes);
    }
    long found = PuffinReader.checksum(file);
    if (found != checksum) {
      throw new IOException(file + " has checksum " + found + ", registered is " + checksum);
    }
  }
}
