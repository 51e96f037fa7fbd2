package io.tidemark.serving.read.load;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Groups a snapshot's data files to segments: those that an index covers together, and each other
 * file by itself. Stateless.
 */
public final class SegmentPlanner {
  /** Fewer rows than this in a partition and shard get no index: exact search serves them. */
  public static final long INDEXED_ROWS_MIN = 1024;

  private record Place(String partition, int shard) {}

  private SegmentPlanner() {}

  /**
   * @param info tells which indexes are wanted; one built for a dropped or changed definition is
   *     not used
   * @param registered the collection's, in the order of their registration
   */
  public static List<SegmentPlan> plan(
      CollectionInfo info, Collection<LakeFile> files, List<SegmentIndex> registered) {
    Map<String, LakeFile> live = new LinkedHashMap<>();
    files.forEach(file -> live.put(file.path(), file));
    Map<List<SourceFile>, Map<Integer, SegmentIndex>> groups = new LinkedHashMap<>();
    for (SegmentIndex index : registered) {
      if (isUsable(index, info, live)) {
        groups
            .computeIfAbsent(index.sources(), sources -> new HashMap<>())
            .merge(index.fieldId(), index, (a, b) -> b.version() >= a.version() ? b : a);
      }
    }
    List<SegmentPlan> plans = new ArrayList<>();
    for (Map.Entry<List<SourceFile>, Map<Integer, SegmentIndex>> group : largestFirst(groups)) {
      List<LakeFile> taken = new ArrayList<>();
      group
          .getKey()
          .forEach(source -> Optional.ofNullable(live.get(source.path())).ifPresent(taken::add));
      if (taken.size() == group.getKey().size()) {
        taken.forEach(file -> live.remove(file.path()));
        plans.add(
            new SegmentPlan(
                taken,
                group.getValue().values().stream()
                    .sorted(Comparator.comparingInt(SegmentIndex::fieldId))
                    .toList()));
      }
    }
    live.values().forEach(file -> plans.add(new SegmentPlan(List.of(file), List.of())));
    return plans;
  }

  /** More fields, then more rows, so that of overlapping groups the better one is taken. */
  private static List<Map.Entry<List<SourceFile>, Map<Integer, SegmentIndex>>> largestFirst(
      Map<List<SourceFile>, Map<Integer, SegmentIndex>> groups) {
    return groups.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                (Map.Entry<List<SourceFile>, Map<Integer, SegmentIndex>> group) ->
                    -group.getValue().size()
                        * group.getKey().stream().mapToLong(SourceFile::rows).sum()))
        .toList();
  }

  private static boolean isUsable(
      SegmentIndex index, CollectionInfo info, Map<String, LakeFile> live) {
    IndexDefinition wanted = info.indexOn(index.fieldId()).orElse(null);
    if (wanted == null || wanted.id() != index.indexId() || index.sources().isEmpty()) {
      return false;
    }
    Set<String> seen = new HashSet<>();
    for (SourceFile source : index.sources()) {
      LakeFile file = live.get(source.path());
      if (file == null || file.rows() != source.rows() || !seen.add(source.path())) {
        return false;
      }
    }
    return true;
  }

  /**
   * How many rows of the snapshot the index on a field covers, or need none: all without an index
   * that builds files, and those of a partition and shard with fewer than {@link #INDEXED_ROWS_MIN}
   * rows left.
   */
  public static long indexedRows(
      CollectionInfo info, Collection<LakeFile> files, List<SegmentIndex> registered, int fieldId) {
    long total = files.stream().mapToLong(LakeFile::rows).sum();
    boolean builds = info.indexOn(fieldId).map(index -> index.type().builds()).orElse(false);
    if (!builds) {
      return total;
    }
    Map<String, LakeFile> live = new HashMap<>();
    files.forEach(file -> live.put(file.path(), file));
    Set<String> covered = new HashSet<>();
    for (SegmentIndex index : registered) {
      if (index.fieldId() == fieldId && isUsable(index, info, live)) {
        index.sources().forEach(source -> covered.add(source.path()));
      }
    }
    Map<Place, Long> left = new HashMap<>();
    for (LakeFile file : files) {
      if (!covered.contains(file.path())) {
        left.merge(new Place(file.partition(), file.shard()), file.rows(), Long::sum);
      }
    }
    return total
        - left.values().stream()
            .filter(rows -> rows >= INDEXED_ROWS_MIN)
            .mapToLong(Long::longValue)
            .sum();
  }
}
