package io.tidemark.jobs.index;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.puffin.BlobSource;
import io.tidemark.stores.puffin.PuffinBlob;
import io.tidemark.stores.puffin.PuffinFile;
import io.tidemark.stores.puffin.PuffinWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.apache.iceberg.exceptions.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the indexes of one segment into one Puffin file with a name of its own, which nobody sees
 * until its rows are registered. Whoever refuses the rows later deletes the file by {@link
 * #discard}. For one build at a time.
 */
public final class SegmentIndexBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexBuilder.class);
  private static final String LOCAL = "file:";

  private final Lake lake;
  private final BuildDevice device;
  private final int threads;
  private final IntConsumer progress;

  /** By the CPU. */
  public SegmentIndexBuilder(Lake lake, int threads, IntConsumer progress) {
    this(lake, BuildDevice.CPU, threads, progress);
  }

  /**
   * @param device of the builds; what it cannot build, the CPU does
   * @param threads of each build
   * @param progress hears now and then how many rows of the index being built are done
   */
  public SegmentIndexBuilder(Lake lake, BuildDevice device, int threads, IntConsumer progress) {
    this.lake = lake;
    this.device = device;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * @param task tells the segment, its sources, and at most one definition per field
   * @param vectors over the rows of the task's sources
   * @return one row per definition, to be registered
   * @throws InterruptedException if the thread is interrupted; no file stays
   */
  public List<SegmentIndex> build(IndexTask task, SegmentVectors vectors)
      throws IOException, InterruptedException {
    List<BuiltIndex> indexes = new ArrayList<>();
    List<Long> buildMs = new ArrayList<>();
    for (IndexDefinition definition : task.definitions()) {
      long start = System.nanoTime();
      IndexSource source =
          new IndexSource(vectors.of(definition), vectors.alive(), definition, threads, device);
      indexes.add(IndexFamilies.of(definition.type()).build(source, progress));
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
    PuffinFile file = write(location, blobs(task, indexes));
    List<SegmentIndex> rows = new ArrayList<>();
    for (int i = 0; i < indexes.size(); i++) {
      String by = indexes.get(i).builder();
      rows.add(row(task, task.definitions().get(i), location, file, by, buildMs.get(i)));
    }
    return rows;
  }

  /** Deletes index files that nobody has registered; one that is gone already is fine. */
  public static void discard(Lake lake, Collection<String> files) {
    for (String file : files) {
      try {
        lake.registry().io().deleteFile(file);
      } catch (NotFoundException e) {
        LOG.debug("useless index file is gone already file={}", file);
      }
    }
  }

  private static List<BlobSource> blobs(IndexTask task, List<BuiltIndex> indexes) {
    List<BlobSource> blobs = new ArrayList<>();
    for (int i = 0; i < indexes.size(); i++) {
      BuiltIndex index = indexes.get(i);
      IndexDefinition definition = task.definitions().get(i);
      blobs.add(
          new BlobSource(
              index.format(),
              definition.fieldId(),
              index::writeTo,
              () -> PuffinBlob.withIndexId(index.properties(), definition.id())));
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

  private static SegmentIndex row(
      IndexTask task,
      IndexDefinition definition,
      String location,
      PuffinFile file,
      String builder,
      long buildMs) {
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
        builder,
        buildMs,
        HybridTimestamp.ofMillis(System.currentTimeMillis()));
  }
}
