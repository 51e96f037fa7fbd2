package io.tidemark.jobs.index;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Decides which index files to build. Pure: what it sees is one snapshot of one table and what is
 * registered for it. Index files are built for the indexes in use and for the candidates beside
 * them.
 *
 * <p>A registered segment stands as long as all its files are live with the rows it counted; if a
 * definition has no index on it yet (it was added or made anew), the segment gets one, under its
 * own id. The other live files are grouped by partition and shard in the order they were committed.
 * A group becomes a segment when it is large enough; what is left over becomes one when nothing was
 * added for a while or somebody asks for it, and if it has enough rows for an index to be of use.
 */
public final class IndexPlanner {
  private final IndexLimits limits;
  private final LongSupplier segmentIds;

  /**
   * @param segmentIds gives unique hybrid timestamps
   */
  public IndexPlanner(IndexLimits limits, LongSupplier segmentIds) {
    this.limits = limits;
    this.segmentIds = segmentIds;
  }

  private record Group(String partition, int shard) {}

  /**
   * @param live data files of the table's current snapshot
   * @param registered everything the registry has of the collection
   * @param nowMs wall clock
   * @param forced whether what is left over is sealed now, however young
   */
  public List<IndexTask> plan(
      CollectionInfo collection,
      List<LakeFile> live,
      List<SegmentIndex> registered,
      long nowMs,
      boolean forced) {
    List<IndexDefinition> wanted =
        collection.builtIndexes().stream().filter(d -> d.type().builds()).toList();
    List<IndexTask> tasks = new ArrayList<>();
    if (wanted.isEmpty()) {
      return tasks;
    }
    Set<String> sealed = new HashSet<>();
    standing(live, registered)
        .values()
        .forEach(segment -> {
          segment.getFirst().sources().forEach(source -> sealed.add(source.path()));
          missing(collection.id(), segment, wanted, tasks);
        });
    Map<Group, List<LakeFile>> unindexed = new LinkedHashMap<>();
    live.stream()
        .filter(file -> !sealed.contains(file.path()) && file.rows() > 0)
        .sorted(Comparator.comparingLong(LakeFile::sequenceNumber).thenComparing(LakeFile::path))
        .forEach(file ->
            unindexed
                .computeIfAbsent(new Group(file.partition(), file.shard()), g -> new ArrayList<>())
                .add(file));
    unindexed.forEach(
        (group, files) -> seal(collection.id(), group, files, wanted, nowMs, forced, tasks));
    return tasks;
  }

  /**
   * Registered segments all of whose files are live, by id, oldest first; a file is in at most one.
   */
  public static Map<Long, List<SegmentIndex>> standing(
      List<LakeFile> live, List<SegmentIndex> registered) {
    Map<String, Long> rows = new HashMap<>();
    live.forEach(file -> rows.put(file.path(), file.rows()));
    Map<Long, List<SegmentIndex>> standing = new TreeMap<>();
    Map<String, Long> owner = new HashMap<>();
    registered.stream()
        .sorted(
            Comparator.comparingLong(SegmentIndex::segmentId)
                .thenComparingInt(SegmentIndex::version))
        .filter(index ->
            index.sources().stream()
                .allMatch(s -> Long.valueOf(s.rows()).equals(rows.get(s.path()))))
        .filter(index ->
            index.sources().stream()
                .allMatch(
                    s -> owner.getOrDefault(s.path(), index.segmentId()) == index.segmentId()))
        .forEach(index -> {
          index.sources().forEach(source -> owner.put(source.path(), index.segmentId()));
          standing.computeIfAbsent(index.segmentId(), id -> new ArrayList<>()).add(index);
        });
    return standing;
  }

  private static void missing(
      long collectionId,
      List<SegmentIndex> segment,
      List<IndexDefinition> wanted,
      List<IndexTask> tasks) {
    Set<Long> built = new HashSet<>();
    int version = 0;
    for (SegmentIndex index : segment) {
      built.add(index.indexId());
      version = Math.max(version, index.version());
    }
    List<IndexDefinition> missing = wanted.stream().filter(d -> !built.contains(d.id())).toList();
    SegmentIndex first = segment.getFirst();
    for (List<IndexDefinition> together : onePerField(missing)) {
      tasks.add(
          new IndexTask(
              collectionId,
              first.segmentId(),
              first.partition(),
              first.shard(),
              first.sources(),
              together,
              ++version));
    }
  }

  /** A file has one index per field: a candidate gets one of its own beside the one in use. */
  public static List<List<IndexDefinition>> onePerField(List<IndexDefinition> definitions) {
    List<List<IndexDefinition>> files = new ArrayList<>();
    for (IndexDefinition definition : definitions) {
      files.stream()
          .filter(file -> file.stream().noneMatch(d -> d.fieldId() == definition.fieldId()))
          .findFirst()
          .orElseGet(() -> {
            files.add(new ArrayList<>());
            return files.getLast();
          })
          .add(definition);
    }
    return files;
  }

  private void seal(
      long collectionId,
      Group group,
      List<LakeFile> files,
      List<IndexDefinition> wanted,
      long nowMs,
      boolean forced,
      List<IndexTask> tasks) {
    List<LakeFile> open = new ArrayList<>();
    long bytes = 0;
    long rows = 0;
    for (LakeFile file : files) {
      open.add(file);
      bytes += file.bytes();
      rows += file.rows();
      if (bytes >= limits.segmentBytesMax() || rows >= limits.segmentRowsMax()) {
        add(collectionId, group, open, wanted, tasks);
        open.clear();
        bytes = 0;
        rows = 0;
      }
    }
    long newestMs =
        open.stream()
            .mapToLong(file -> HybridTimestamp.physicalMs(file.addedTimestamp()))
            .max()
            .orElse(nowMs);
    if (forced || nowMs - newestMs >= limits.idle().toMillis()) {
      add(collectionId, group, open, wanted, tasks);
    }
  }

  private void add(
      long collectionId,
      Group group,
      List<LakeFile> files,
      List<IndexDefinition> wanted,
      List<IndexTask> tasks) {
    List<SourceFile> sources =
        files.stream().map(file -> new SourceFile(file.path(), file.rows())).toList();
    long rows = sources.stream().mapToLong(SourceFile::rows).sum();
    if (rows < limits.rowsMin()) {
      return;
    }
    long segmentId = segmentIds.getAsLong();
    int version = 0;
    for (List<IndexDefinition> together : onePerField(wanted)) {
      tasks.add(
          new IndexTask(
              collectionId,
              segmentId,
              group.partition(),
              group.shard(),
              sources,
              together,
              ++version));
    }
  }
}
