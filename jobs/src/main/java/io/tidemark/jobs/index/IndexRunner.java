package io.tidemark.jobs.index;

import io.tidemark.engine.index.GraphIndexWriter;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.puffin.BlobSource;
import io.tidemark.stores.puffin.PuffinFile;
import io.tidemark.stores.puffin.PuffinWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the indexes of one segment and writes them as one Puffin file, which nobody sees until it
 * is registered.
 */
final class IndexRunner extends ProcessFunction<IndexTask, SegmentIndex> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(IndexRunner.class);
  private static final String BLOB_TYPE = "tidemark-graph-v1";
  private static final String LOCAL = "file:";

  private final LakeConfig config;
  private final int threads;

  private transient Lake lake;
  private transient volatile int rowsDone;
  private transient BatchRun.Counters counters;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  IndexRunner(LakeConfig config, int threads) {
    this.config = config;
    this.threads = threads;
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    counters = new BatchRun.Counters(getRuntimeContext());
    getRuntimeContext().getMetricGroup().gauge("rowsDone", () -> rowsDone);
  }

  @Override
  public void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(IndexTask task, Context context, Collector<SegmentIndex> out)
      throws Exception {
    Optional<CollectionInfo> collection = lake.collectionById(task.collectionId());
    Optional<SegmentVectors> vectors =
        collection.isEmpty()
            ? Optional.empty()
            : SegmentVectors.read(lake.table(collection.get()), task);
    if (vectors.isEmpty()) {
      LOG.info(
          "segment is gone, its index is not built collection={} segment={}",
          task.collectionId(),
          task.segmentId());
      return;
    }
    long begin = System.nanoTime();
    List<GraphIndexWriter> graphs = new ArrayList<>();
    List<Long> buildMs = new ArrayList<>();
    for (IndexDefinition definition : task.definitions()) {
      long start = System.nanoTime();
      graphs.add(
          GraphIndexWriter.build(
              vectors.get().of(definition),
              vectors.get().alive(),
              definition.metric(),
              definition,
              threads,
              rows -> rowsDone = rows));
      buildMs.add((System.nanoTime() - start) / 1_000_000);
    }
    String location =
        lake.indexPrefix()
            + "/"
            + task.collectionId()
            + "/"
            + task.segmentId()
            + "-v"
            + task.version()
            + "-"
            + UUID.randomUUID()
            + ".puffin";
    PuffinFile file = write(location, blobs(task, graphs));
    for (int i = 0; i < graphs.size(); i++) {
      out.collect(entry(task, task.definitions().get(i), location, file, buildMs.get(i)));
    }
    counters.taskDone();
    counters.rowsDone(task.rows());
    LOG.info(
        "segment indexed collection={} segment={} rows={} bytes={} took_ms={}",
        task.collectionId(),
        task.segmentId(),
        task.rows(),
        file.bytes(),
        (System.nanoTime() - begin) / 1_000_000);
  }

  private static List<BlobSource> blobs(IndexTask task, List<GraphIndexWriter> graphs) {
    List<BlobSource> blobs = new ArrayList<>();
    for (int i = 0; i < graphs.size(); i++) {
      GraphIndexWriter graph = graphs.get(i);
      blobs.add(
          new BlobSource(
              BLOB_TYPE, task.definitions().get(i).fieldId(), graph::writeTo, graph::properties));
    }
    return blobs;
  }

  private PuffinFile write(String location, List<BlobSource> blobs) throws IOException {
    if (location.startsWith(LOCAL)) {
      return writeLocal(Path.of(location.replaceFirst("^file:/+", "/")), blobs);
    }
    Path temporary = Files.createTempFile("tidemark-index", ".puffin");
    try {
      PuffinFile file = writeLocal(temporary, blobs);
      try (InputStream in = Files.newInputStream(temporary);
          OutputStream out = lake.registry().io().newOutputFile(location).create()) {
        in.transferTo(out);
      }
      return file;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static PuffinFile writeLocal(Path path, List<BlobSource> blobs) throws IOException {
    boolean complete = false;
    try {
      PuffinFile file = PuffinWriter.write(path, blobs);
      complete = true;
      return file;
    } finally {
      if (!complete) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static SegmentIndex entry(
      IndexTask task, IndexDefinition definition, String location, PuffinFile file, long buildMs) {
    return new SegmentIndex(
        task.segmentId(),
        task.collectionId(),
        task.partition(),
        task.shard(),
        task.sources(),
        definition.fieldId(),
        definition.id(),
        definition.type(),
        definition.metric(),
        definition.parameters(),
        task.version(),
        location,
        file.bytes(),
        file.checksum(),
        "cpu",
        buildMs,
        HybridTimestamp.ofMillis(System.currentTimeMillis()));
  }
}
