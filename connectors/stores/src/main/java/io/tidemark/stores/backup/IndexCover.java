package io.tidemark.stores.backup;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.puffin.PuffinBlob;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether an index has all rows that are alive in a state. A build leaves out rows that are
 * dead by then, so one that was built later may lack rows that were alive in the state. Rows only
 * die, so of two moments of a segment one's live rows are among the other's: comparing their
 * numbers is enough. Stateless.
 */
final class IndexCover {
  private static final Logger LOG = LoggerFactory.getLogger(IndexCover.class);

  /** In a blob's properties: how many rows it holds. */
  private static final String NODES = "nodes";

  private IndexCover() {}

  /**
   * @param alive by source file, how many of its rows are alive in the state. Rows without a vector
   *     of the field count too, so an index over such rows is taken to lack some: it is built anew
   * @return false as well if the file cannot be read
   */
  static boolean covers(FileIO io, SegmentIndex index, Map<String, Long> alive) {
    long wanted = 0;
    for (SegmentIndex.SourceFile source : index.sources()) {
      wanted += alive.getOrDefault(source.path(), Long.MAX_VALUE / 2);
    }
    try (PuffinReader reader = Puffin.read(io.newInputFile(index.file())).build()) {
      for (BlobMetadata blob : reader.fileMetadata().blobs()) {
        if (isOf(blob, index)) {
          long nodes = Long.parseLong(blob.properties().getOrDefault(NODES, "0"));
          if (nodes < wanted) {
            LOG.info(
                "index lacks rows that are alive in the state, it is left out file={} rows={} alive={}",
                index.file(),
                nodes,
                wanted);
          }
          return nodes >= wanted;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("index file cannot be read, it is left out file={}", index.file(), e);
    }
    return false;
  }

  private static boolean isOf(BlobMetadata blob, SegmentIndex index) {
    return blob.inputFields().size() == 1
        && new PuffinBlob(
                blob.type(),
                blob.inputFields().getFirst(),
                blob.offset(),
                blob.length(),
                blob.properties())
            .isOf(index);
  }
}
