package io.tidemark.jobs.reembed;

import io.tidemark.jobs.index.IndexPlanner;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which files to look at together: a segment's stay together, so that what replaces them is
 * a segment again. Pure.
 */
final class ReembedPlanner {
  private record Group(String partition, int shard) {}

  private ReembedPlanner() {}

  /**
   * @param done files of which nothing is left to do
   * @param sequenceMax younger files are left alone
   */
  static List<ReembedTask> plan(
      long collectionId,
      List<LakeFile> live,
      List<SegmentIndex> registered,
      Set<String> done,
      long sequenceMax,
      int segmentRows) {
    List<ReembedTask> tasks = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    Set<String> open = new HashSet<>();
    for (LakeFile file : live) {
      if (!done.contains(file.path()) && file.sequenceNumber() <= sequenceMax) {
        open.add(file.path());
      }
    }
    for (List<SegmentIndex> segment : IndexPlanner.standing(live, registered).values()) {
      SegmentIndex first = segment.getFirst();
      if (first.sources().stream().map(SourceFile::path).anyMatch(open::contains)) {
        tasks.add(new ReembedTask(collectionId, first.shard(), first.sources()));
      }
      first.sources().forEach(source -> taken.add(source.path()));
    }
    Map<Group, List<SourceFile>> loose = new LinkedHashMap<>();
    live.stream()
        .filter(file -> open.contains(file.path()) && !taken.contains(file.path()))
        .filter(file -> file.rows() > 0)
        .sorted(Comparator.comparingLong(LakeFile::sequenceNumber).thenComparing(LakeFile::path))
        .forEach(file -> {
          Group group = new Group(file.partition(), file.shard());
          List<SourceFile> sources = loose.computeIfAbsent(group, g -> new ArrayList<>());
          sources.add(new SourceFile(file.path(), file.rows()));
          if (sources.stream().mapToLong(SourceFile::rows).sum() >= segmentRows) {
            tasks.add(new ReembedTask(collectionId, group.shard(), sources));
            sources.clear();
          }
        });
    loose.forEach((group, sources) -> {
      if (!sources.isEmpty()) {
        tasks.add(new ReembedTask(collectionId, group.shard(), sources));
      }
    });
    return tasks;
  }
}
