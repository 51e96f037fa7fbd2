package io.tidemark.jobs.index;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers everything the job built, in one commit at its end. What has become useless meanwhile
 * is left out and its file removed: its collection or definition is gone, a source is no longer
 * live, or another run was faster. So running it again changes nothing.
 */
final class IndexCommitter implements Sink<SegmentIndex> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(IndexCommitter.class);

  private final LakeConfig config;

  IndexCommitter(LakeConfig config) {
    this.config = config;
  }

  @Override
  public SinkWriter<SegmentIndex> createWriter(WriterInitContext context) {
    return new Writer(Lake.open(config));
  }

  /** Collects until the input ends. */
  private static final class Writer implements SinkWriter<SegmentIndex> {
    private final Lake lake;
    private final List<SegmentIndex> built = new ArrayList<>();

    Writer(Lake lake) {
      this.lake = lake;
    }

    @Override
    public void write(SegmentIndex index, Context context) {
      built.add(index);
    }

    @Override
    public void flush(boolean endOfInput) {
      if (endOfInput) {
        commit(lake, built);
        built.clear();
      }
    }

    @Override
    public void close() {
      lake.close();
    }
  }

  /**
   * Registers those of {@code built} that are still of use.
   *
   * @return how many
   */
  static int commit(Lake lake, Collection<SegmentIndex> built) {
    Map<Long, Useful> collections = new HashMap<>();
    // A killed run may still be ending beside this one: what both have built, one registers.
    List<SegmentIndex> useful =
        lake.registry().registerChosen(registered -> useful(lake, registered, built, collections));
    Set<String> kept = new HashSet<>();
    collections.values().forEach(collection -> kept.addAll(collection.files));
    useful.forEach(index -> kept.add(index.file()));
    SegmentIndexBuilder.discard(
        lake,
        built.stream()
            .map(SegmentIndex::file)
            .distinct()
            .filter(file -> !kept.contains(file))
            .toList());
    LOG.info(
        "segment indexes registered={} useless={}", useful.size(), built.size() - useful.size());
    return useful.size();
  }

  private static List<SegmentIndex> useful(
      Lake lake,
      List<SegmentIndex> registered,
      Collection<SegmentIndex> built,
      Map<Long, Useful> collections) {
    collections.clear();
    return built.stream()
        .filter(index ->
            collections
                .computeIfAbsent(index.collectionId(), id -> Useful.of(lake, id, registered))
                .accepts(index))
        .toList();
  }

  /** What one collection can still use. */
  private static final class Useful {
    private final Optional<CollectionInfo> info;
    private final Map<String, Long> liveRows = new HashMap<>();

    /** By source path, the registered segment it is in. */
    private final Map<String, Long> segments = new HashMap<>();

    private final Set<List<Long>> registered = new HashSet<>();
    private final Set<String> files = new HashSet<>();

    private Useful(Optional<CollectionInfo> info) {
      this.info = info;
    }

    static Useful of(Lake lake, long collectionId, List<SegmentIndex> registered) {
      Useful useful = new Useful(lake.collectionById(collectionId));
      if (useful.info.isPresent()) {
        for (LakeFile file : lake.table(useful.info.get()).snapshot().files()) {
          useful.liveRows.put(file.path(), file.rows());
        }
        for (SegmentIndex index : registered) {
          if (index.collectionId() != collectionId) {
            continue;
          }
          useful.files.add(index.file());
          if (useful.isLive(index)) {
            index
                .sources()
                .forEach(source -> useful.segments.put(source.path(), index.segmentId()));
            useful.registered.add(List.of(index.segmentId(), index.indexId()));
          }
        }
      }
      return useful;
    }

    boolean accepts(SegmentIndex index) {
      return info.isPresent()
          && info.get().builtIndexes().stream()
              .anyMatch(
                  wanted -> wanted.id() == index.indexId() && wanted.fieldId() == index.fieldId())
          && isLive(index)
          && index.sources().stream()
              .allMatch(source ->
                  segments.getOrDefault(source.path(), index.segmentId()) == index.segmentId())
          && !registered.contains(List.of(index.segmentId(), index.indexId()));
    }

    private boolean isLive(SegmentIndex index) {
      for (SourceFile source : index.sources()) {
        if (!Long.valueOf(source.rows()).equals(liveRows.get(source.path()))) {
          return false;
        }
      }
      return true;
    }
  }
}
