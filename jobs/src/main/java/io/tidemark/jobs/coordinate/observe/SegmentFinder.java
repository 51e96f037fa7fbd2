package io.tidemark.jobs.coordinate.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.jobs.coordinate.function.CollectionFacts;
import io.tidemark.jobs.coordinate.function.SegmentFacts;
import io.tidemark.jobs.coordinate.function.SegmentFacts.Seen;
import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.jobs.index.IndexPlanner;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What segments a snapshot's files are, as the index job would plan them now. Pure. */
final class SegmentFinder {
  private final IndexLimits limits;
  private final IndexPlanner planner;
  private final long smallFileBytes;

  SegmentFinder(IndexLimits limits, long smallFileBytes) {
    this.limits = limits;
    // Segments that are not registered yet have no id here: their first file names them.
    this.planner = new IndexPlanner(limits, () -> 0);
    this.smallFileBytes = smallFileBytes;
  }

  /**
   * @param segments by key
   * @param nextMs wall clock at which the same files may be other segments, {@link Long#MAX_VALUE}
   *     for never
   */
  record Found(
      List<LakeFile> files, Map<String, SegmentFacts> segments, long nextMs, int smallFiles) {
    CollectionFacts facts(CollectionInfo info, long nowMs, long asked, boolean askedCommitted) {
      List<String> sealed = keys(Seen.SEALED);
      List<String> open = keys(Seen.OPEN);
      return new CollectionFacts(
          info.id(),
          info.database(),
          info.name(),
          nowMs,
          info.builtIndexes().stream().anyMatch(index -> index.type().builds()),
          files.stream().mapToLong(LakeFile::rows).sum(),
          files.stream().mapToLong(LakeFile::bytes).sum(),
          files.size(),
          smallFiles,
          deleteFiles(),
          sealed.stream().limit(CollectionFacts.KEYS_MAX).toList(),
          sealed.size(),
          open.stream().limit(CollectionFacts.KEYS_MAX).toList(),
          open.size(),
          keys(Seen.INDEXED).size(),
          asked,
          askedCommitted);
    }

    private List<String> keys(Seen seen) {
      return segments.values().stream()
          .filter(segment -> segment.seen() == seen)
          .map(SegmentFacts::key)
          .toList();
    }

    private int deleteFiles() {
      Set<String> deletes = new HashSet<>();
      files.forEach(file -> file.deletes().stream().map(DeleteRef::path).forEach(deletes::add));
      return deletes.size();
    }
  }

  Found find(CollectionInfo info, List<LakeFile> live, List<SegmentIndex> registered, long nowMs) {
    Map<String, LakeFile> byPath = new HashMap<>();
    live.forEach(file -> byPath.put(file.path(), file));
    Map<String, SegmentFacts> segments = new LinkedHashMap<>();
    for (SegmentIndex index : registered) {
      if (index.sources().stream().allMatch(source -> isLive(source, byPath))) {
        put(
            segments,
            facts(
                info.id(),
                index.segmentId(),
                index.partition(),
                index.shard(),
                index.sources(),
                Seen.INDEXED));
      }
    }
    for (IndexTask task : planner.plan(info, live, registered, nowMs, false)) {
      put(segments, facts(task, segments, Seen.SEALED));
    }
    long nextMs = Long.MAX_VALUE;
    for (IndexTask task : planner.plan(info, live, registered, nowMs, true)) {
      SegmentFacts open = facts(task, segments, Seen.OPEN);
      if (!segments.containsKey(open.key())) {
        put(segments, open);
        nextMs = Math.min(nextMs, newestMs(task, byPath) + limits.idle().toMillis());
      }
    }
    return new Found(live, segments, nextMs, smallFiles(live));
  }

  private static void put(Map<String, SegmentFacts> segments, SegmentFacts segment) {
    segments.put(segment.key(), segment);
  }

  private static boolean isLive(SourceFile source, Map<String, LakeFile> live) {
    LakeFile file = live.get(source.path());
    return file != null && file.rows() == source.rows();
  }

  private static SegmentFacts facts(IndexTask task, Map<String, SegmentFacts> known, Seen seen) {
    SegmentFacts registered = known.get(key(task.sources()));
    return facts(
        task.collectionId(),
        registered == null ? 0 : registered.segmentId(),
        task.partition(),
        task.shard(),
        task.sources(),
        seen);
  }

  private static SegmentFacts facts(
      long collectionId,
      long segmentId,
      String partition,
      int shard,
      List<SourceFile> sources,
      Seen seen) {
    return new SegmentFacts(
        collectionId,
        key(sources),
        segmentId,
        partition,
        shard,
        sources.stream().mapToLong(SourceFile::rows).sum(),
        sources.size(),
        seen);
  }

  /** A segment grows at its end, so its first file names it before it has an id. */
  private static String key(List<SourceFile> sources) {
    return Long.toHexString(
        UUID.nameUUIDFromBytes(sources.getFirst().path().getBytes(UTF_8)).getMostSignificantBits());
  }

  private static long newestMs(IndexTask task, Map<String, LakeFile> live) {
    long newest = 0;
    for (SourceFile source : task.sources()) {
      LakeFile file = live.get(source.path());
      if (file != null) {
        newest = Math.max(newest, HybridTimestamp.physicalMs(file.addedTimestamp()));
      }
    }
    return newest;
  }

  private record Group(String partition, int shard) {}

  private int smallFiles(List<LakeFile> live) {
    Map<Group, Integer> small = new HashMap<>();
    for (LakeFile file : live) {
      if (file.bytes() < smallFileBytes) {
        small.merge(new Group(file.partition(), file.shard()), 1, Integer::sum);
      }
    }
    return small.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
