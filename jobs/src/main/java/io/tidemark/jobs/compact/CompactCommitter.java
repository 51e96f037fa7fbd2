package io.tidemark.jobs.compact;

import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.RewriteCommitter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits each task as it is done: first the indexes over its new files are registered, then the
 * files take the place of the old ones, so that a reader that sees them finds them indexed. What
 * lost a race is taken back, and planned anew by the next run.
 */
final class CompactCommitter implements Sink<CompactedFiles> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactCommitter.class);

  private final LakeConfig config;

  CompactCommitter(LakeConfig config) {
    this.config = config;
  }

  @Override
  public SinkWriter<CompactedFiles> createWriter(WriterInitContext context) {
    return new Writer(Lake.open(config));
  }

  private static final class Writer implements SinkWriter<CompactedFiles> {
    private final Lake lake;

    Writer(Lake lake) {
      this.lake = lake;
    }

    @Override
    public void write(CompactedFiles files, Context context) throws IOException {
      try {
        commit(lake, files);
      } catch (ClassNotFoundException e) {
        throw new IOException("files of another version of this job", e);
      }
    }

    @Override
    public void flush(boolean endOfInput) {
      LOG.debug("everything is committed endOfInput={}", endOfInput);
    }

    @Override
    public void close() {
      lake.close();
    }
  }

  /**
   * @return whether the files took the place of the old ones
   */
  static boolean commit(Lake lake, CompactedFiles files)
      throws IOException, ClassNotFoundException {
    Optional<CollectionInfo> collection = lake.collectionById(files.collectionId);
    if (collection.isEmpty()) {
      // Its files went with its folder, but for the indexes.
      discard(lake, files.indexes);
      return false;
    }
    LakeTable table = lake.table(collection.get());
    Map<String, String> summary =
        Map.of(
            "tidemark.job",
            JobKind.COMPACT.command(),
            "tidemark.rows-dropped",
            Long.toString(files.rowsRead - files.rowsKept));
    if (files.convert) {
      return RewriteCommitter.convert(
          table, files.snapshotId, files.read, files.<DeleteFile>written(), summary);
    }
    if (!files.indexes.isEmpty()) {
      lake.registry().register(files.indexes);
    }
    boolean committed =
        RewriteCommitter.commit(
            table, files.snapshotId, files.read, files.<DataFile>written(), summary);
    if (!committed) {
      lake.registry().replace(files.indexes, List.of());
      discard(lake, files.indexes);
    }
    return committed;
  }

  private static void discard(Lake lake, List<SegmentIndex> indexes) {
    SegmentIndexBuilder.discard(lake, indexes.stream().map(SegmentIndex::file).distinct().toList());
  }
}
