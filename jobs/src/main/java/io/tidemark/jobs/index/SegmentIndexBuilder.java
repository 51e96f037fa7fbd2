package io.tidemark.jobs.index;

import io.tidemark.engine.index.GraphIndexWriter;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.puffin.BlobSource;
import io.tidemark.stores.puffin.PuffinFile;
import io.tidemark.stores.puffin.PuffinWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the indexes of one segment and writes them as one Puffin file, which nobody sees until it
 * is registered. Not thread-safe.
 */
public final class SegmentIndexBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexBuilder.class);
  private static final String BLOB_TYPE = "tidemark-graph-v1";
  private static final String LOCAL = "file:";

  private final Lake lake;
  private final int threads;

  /**
   * @param threads of each graph's build
   */
  public SegmentIndexBuilder(Lake lake, int threads) {
    this.lake = lake;
    this.threads = threads;
  }

  /**
   * @param vectors of all rows of the segment, per definition
   * @param alive rows worth indexing
   * @param progress hears how many rows of a graph are done
   * @return what to register, one for each definition, all in one file
   */
  public List<SegmentIndex> build(
      IndexTask task,
      Function<IndexDefinition, FloatVectors> vectors,
      BitSet alive,
      IntConsumer progress)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    List<GraphIndexWriter> graphs = new ArrayList<>();
    List<Long> buildMs = new ArrayList<>();
    for (IndexDefinition definition : task.definitions()) {
      long start = System.nanoTime();
      graphs.add(
          GraphIndexWriter.build(
              vectors.apply(definition),
              alive,
              definition.metric(),
              definition,
              threads,
              progress));
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
    List<SegmentIndex> built = new ArrayList<>();
    for (int i = 0; i < graphs.size(); i++) {
      built.add(entry(task, task.definitions().get(i), location, file, buildMs.get(i)));
    }
    LOG.info(
        "segment indexed collection={} segment={} rows={} bytes={} took_ms={}",
        task.collectionId(),
        task.segmentId(),
        task.rows(),
        file.bytes(),
        (System.nanoTime() - begin) / 1_000_000);
    return built;
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
