package io.tidemark.jobs.compact;

import io.tidemark.jobs.compact.CompactTask.Work;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.TimeToLive;
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
 * Decides which files to write anew. Pure: it sees one snapshot's files.
 *
 * <p>Files of one partition and shard are merged size-tiered: {@code filesMin} of about one size
 * become one of the next, up to the size of a segment, so that a row is written anew a number of
 * times that grows with the logarithm of a segment's size, and the number of files stays within
 * {@code filesMin} for each size. A file of which many rows are deleted is written anew by itself
 * or with the others. Where neither is worth it, but equality deletes have piled up that every read
 * has to apply, they become position deletes.
 */
public final class CompactPlanner {
  /** Sizes of one tier differ by less than this factor. */
  private static final double TIER_FACTOR = 4;

  private final CompactLimits limits;
  private final LongSupplier segmentIds;

  /**
   * @param segmentIds gives unique hybrid timestamps
   */
  public CompactPlanner(CompactLimits limits, LongSupplier segmentIds) {
    this.limits = limits;
    this.segmentIds = segmentIds;
  }

  private record Group(String partition, int shard) {}

  /**
   * @param live data files of the table's current snapshot
   * @param nowMs wall clock
   * @param forced whether everything that can be merged or cleaned is, however little or young
   */
  public List<CompactTask> plan(
      CollectionInfo collection, List<LakeFile> live, long nowMs, boolean forced) {
    long expireBefore = TimeToLive.cutoff(collection, nowMs);
    Map<LakeFile, Double> dead = deadRows(live);
    Map<Group, List<LakeFile>> groups = new LinkedHashMap<>();
    live.stream()
        .sorted(Comparator.comparingLong(LakeFile::sequenceNumber).thenComparing(LakeFile::path))
        .filter(file -> forced || isOldEnough(file, nowMs))
        .forEach(file ->
            groups
                .computeIfAbsent(new Group(file.partition(), file.shard()), g -> new ArrayList<>())
                .add(file));
    List<CompactTask> tasks = new ArrayList<>();
    groups.forEach((group, files) -> {
      for (List<LakeFile> chosen : choose(files, dead, forced)) {
        tasks.add(task(Work.REWRITE, collection, group, chosen, expireBefore));
      }
    });
    convert(collection, live, tasks);
    return tasks;
  }

  private boolean isOldEnough(LakeFile file, long nowMs) {
    return nowMs - HybridTimestamp.physicalMs(file.addedTimestamp()) >= limits.ageMin().toMillis();
  }

  /**
   * How many rows of each file are deleted, estimated: the keys of a delete file are spread over
   * the files that it hits, in proportion to their rows.
   */
  private static Map<LakeFile, Double> deadRows(List<LakeFile> live) {
    Map<DeleteRef, Double> hit = new HashMap<>();
    for (LakeFile file : live) {
      for (DeleteRef delete : file.deletes()) {
        hit.merge(delete, (double) file.rows(), Double::sum);
      }
    }
    Map<LakeFile, Double> dead = new HashMap<>();
    for (LakeFile file : live) {
      double rows = 0;
      for (DeleteRef delete : file.deletes()) {
        rows += delete.rows() * (double) file.rows() / Math.max(1, hit.getOrDefault(delete, 1.0));
      }
      dead.put(file, Math.min(rows, file.rows()));
    }
    return dead;
  }

  /** Sets of files, each to become one. */
  private List<List<LakeFile>> choose(
      List<LakeFile> files, Map<LakeFile, Double> dead, boolean forced) {
    Map<Integer, List<LakeFile>> tiers = new TreeMap<>();
    List<List<LakeFile>> chosen = new ArrayList<>();
    Set<LakeFile> worn = new HashSet<>();
    for (LakeFile file : files) {
      double deleted = dead.getOrDefault(file, 0.0);
      if (forced ? !file.deletes().isEmpty() : deleted >= limits.deletedShare() * file.rows()) {
        worn.add(file);
      }
      int tier = tier(file, deleted);
      if (tier > 0) {
        tiers.computeIfAbsent(forced ? 1 : tier, t -> new ArrayList<>()).add(file);
      } else if (worn.contains(file)) {
        chosen.add(List.of(file));
      }
    }
    for (List<LakeFile> tier : tiers.values()) {
      boolean isMany = tier.size() >= (forced ? 2 : limits.filesMin());
      List<LakeFile> taken = isMany ? tier : tier.stream().filter(worn::contains).toList();
      chosen.addAll(pack(taken, worn));
    }
    return chosen;
  }

  /**
   * 0 for a file that is too large to be merged, and the more the smaller it will be without its
   * deleted rows.
   */
  private int tier(LakeFile file, double deleted) {
    double left = file.rows() == 0 ? 0 : 1 - deleted / file.rows();
    double size =
        left
            * Math.max(
                (double) file.bytes() / limits.segmentBytesMax(),
                (double) file.rows() / limits.segmentRowsMax());
    if (size > 0.5) {
      return 0;
    }
    return 1 + (int) Math.floor(Math.log(0.5 / Math.max(size, 1e-9)) / Math.log(TIER_FACTOR));
  }

  /** In order, each set up to a segment's size; one file alone only if it has deletes. */
  private List<List<LakeFile>> pack(List<LakeFile> files, Set<LakeFile> worn) {
    List<List<LakeFile>> packed = new ArrayList<>();
    List<LakeFile> open = new ArrayList<>();
    long bytes = 0;
    long rows = 0;
    for (LakeFile file : files) {
      if (!open.isEmpty()
          && (bytes + file.bytes() > limits.segmentBytesMax()
              || rows + file.rows() > limits.segmentRowsMax())) {
        packed.add(List.copyOf(open));
        open.clear();
        bytes = 0;
        rows = 0;
      }
      open.add(file);
      bytes += file.bytes();
      rows += file.rows();
    }
    if (!open.isEmpty()) {
      packed.add(List.copyOf(open));
    }
    packed.removeIf(set -> set.size() == 1 && !worn.contains(set.getFirst()));
    return packed;
  }

  /** If no file is written anew, so that the two never meet on one. */
  private void convert(CollectionInfo collection, List<LakeFile> live, List<CompactTask> tasks) {
    if (!tasks.isEmpty()) {
      return;
    }
    List<LakeFile> hit = live.stream().filter(file -> equalityDeletes(file) > 0).toList();
    if (hit.stream().anyMatch(file -> equalityDeletes(file) > limits.deleteFilesMax())) {
      tasks.add(task(Work.CONVERT, collection, new Group("", LakeFile.SHARD_UNKNOWN), hit, 0));
    }
  }

  private static long equalityDeletes(LakeFile file) {
    return file.deletes().stream().filter(DeleteRef::byPrimaryKey).count();
  }

  private CompactTask task(
      Work work, CollectionInfo collection, Group group, List<LakeFile> files, long expireBefore) {
    return new CompactTask(
        work,
        collection.id(),
        segmentIds.getAsLong(),
        group.partition(),
        group.shard(),
        files.stream().map(LakeFile::path).toList(),
        files.stream().mapToLong(LakeFile::rows).sum(),
        files.stream().mapToLong(LakeFile::bytes).sum(),
        expireBefore);
  }
}
