package io.tidemark.jobs.reindex;

import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.jobs.index.SegmentVectors;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.puffin.PuffinBlob;
import io.tidemark.stores.puffin.PuffinReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what the index in use and the candidate find on one segment; what all of them found is
 * in the job's accumulators. A segment that is gone meanwhile counts for nothing.
 */
final class ReindexRunner extends ProcessFunction<RecallTask, Long> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReindexRunner.class);
  private static final String BEFORE = "tidemark.recall.before.";
  private static final String AFTER = "tidemark.recall.after.";
  private static final String LOCAL = "file:";

  private final LakeConfig config;

  private transient Lake lake;
  private transient BatchRun.Counters counters;
  private transient Sums before;
  private transient Sums after;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  ReindexRunner(LakeConfig config) {
    this.config = config;
  }

  private static final class Sums {
    private final LongCounter queries = new LongCounter();
    private final LongCounter wanted = new LongCounter();
    private final LongCounter found = new LongCounter();
    private final LongCounter nanos = new LongCounter();

    void add(RecallFigures figures) {
      queries.add(figures.queries());
      wanted.add(figures.wanted());
      found.add(figures.found());
      nanos.add(figures.nanos());
    }
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    counters = new BatchRun.Counters(getRuntimeContext());
    before = sums(BEFORE);
    after = sums(AFTER);
  }

  private Sums sums(String prefix) {
    Sums sums = new Sums();
    getRuntimeContext().addAccumulator(prefix + "queries", sums.queries);
    getRuntimeContext().addAccumulator(prefix + "wanted", sums.wanted);
    getRuntimeContext().addAccumulator(prefix + "found", sums.found);
    getRuntimeContext().addAccumulator(prefix + "nanos", sums.nanos);
    return sums;
  }

  /** Of the index in use. */
  static RecallFigures before(Map<String, Object> accumulators) {
    return figures(accumulators, BEFORE);
  }

  /** Of the candidate. */
  static RecallFigures after(Map<String, Object> accumulators) {
    return figures(accumulators, AFTER);
  }

  private static RecallFigures figures(Map<String, Object> accumulators, String prefix) {
    return new RecallFigures(
        number(accumulators, prefix + "queries"),
        number(accumulators, prefix + "wanted"),
        number(accumulators, prefix + "found"),
        number(accumulators, prefix + "nanos"));
  }

  private static long number(Map<String, Object> accumulators, String name) {
    return Objects.requireNonNull((Long) accumulators.get(name), name);
  }

  @Override
  public void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(RecallTask task, Context context, Collector<Long> out)
      throws IOException {
    Optional<CollectionInfo> collection = lake.collectionById(task.segment().collectionId());
    Optional<SegmentVectors> read =
        collection.isEmpty()
            ? Optional.empty()
            : SegmentVectors.read(lake.table(collection.get()), task.segment());
    if (read.isEmpty()) {
      LOG.info(
          "segment is gone, not compared collection={} segment={}",
          task.segment().collectionId(),
          task.segment().segmentId());
      return;
    }
    IndexDefinition definition = task.segment().definitions().getFirst();
    Vectors vectors = read.get().of(definition);
    BitSet alive = Objects.requireNonNull(vectors.among(read.get().alive()));
    RecallSample sample =
        new RecallSample(vectors, alive, definition, task.k(), task.queries(), task.seed());
    try (Opened used = opened(task.before(), vectors);
        Opened candidate = opened(task.after(), vectors)) {
      List<RecallFigures> figures =
          sample.measure(List.of(used.index(), candidate.index()), task.ef());
      before.add(figures.getFirst());
      after.add(figures.getLast());
    }
    counters.taskDone();
    counters.rowsDone(task.segment().rows());
  }

  /** An index that is closed with its measurement, or none: then search is exact. */
  private record Opened(Optional<VectorIndex> index) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (index.isPresent()) {
        index.get().close();
      }
    }
  }

  private Opened opened(List<SegmentIndex> index, Vectors vectors) throws IOException {
    return new Opened(
        index.isEmpty() ? Optional.empty() : Optional.of(open(index.getFirst(), vectors)));
  }

  private VectorIndex open(SegmentIndex index, Vectors vectors) throws IOException {
    if (index.file().startsWith(LOCAL) || index.file().startsWith("/")) {
      return open(Path.of(index.file().replaceFirst("^file:/+", "/")), index, vectors);
    }
    Path copy = Files.createTempFile("tidemark-reindex", ".puffin");
    try (InputStream in = lake.registry().io().newInputFile(index.file()).newStream()) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return open(copy, index, vectors);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Only what is byte for byte the file that was registered tells how good the index is. */
  private static void verify(Path file, SegmentIndex index) throws IOException {
    if (Files.size(file) != index.fileBytes() || PuffinReader.checksum(file) != index.checksum()) {
      throw new IOException(
          "index file "
              + index.file()
              + " is not the one that was registered, it is damaged: delete it, run expire and index, then reindex again");
    }
  }

  private static VectorIndex open(Path file, SegmentIndex index, Vectors vectors)
      throws IOException {
    verify(file, index);
    for (PuffinBlob blob : PuffinReader.open(file).blobs()) {
      if (blob.isOf(index)) {
        return IndexFamilies.of(index.type())
            .open(
                new IndexBlob(file, blob.offset(), blob.length(), blob.properties()),
                vectors,
                index.metric());
      }
    }
    throw new IOException(index.file() + " has no blob for field " + index.fieldId());
  }
}
