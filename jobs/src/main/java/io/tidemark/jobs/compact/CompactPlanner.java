package io.tidemark.jobs.compact;

import io.tidemark.engine.compaction.CompactionGroup;
import io.tidemark.engine.compaction.CompactionLimits;
import io.tidemark.engine.compaction.CompactionPolicy;
import io.tidemark.engine.compaction.CompactionUnit;
import io.tidemark.jobs.compact.CompactTask.Work;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Decides what to write anew. Pure: it sees one snapshot's files and what is registered over them.
 *
 * <p>First come the deletes. Those that hit several data files, by key as a rule, do not tell how
 * many rows of each are dead, and every read has to apply them all; once there are enough of them,
 * they become position deletes, which costs reading keys. Position deletes of one data file tell
 * exactly, so that then {@link CompactionPolicy} knows what a rewrite of the data would save.
 */
public final class CompactPlanner {
  /** More places than this in one task, and some of what it writes is indexed later. */
  private static final int SEGMENT_IDS_MAX = 1024;

  private final CompactLimits limits;
  private final LongSupplier segmentIds;

  /**
   * @param segmentIds gives unique hybrid timestamps
   */
  public CompactPlanner(CompactLimits limits, LongSupplier segmentIds) {
    this.limits = limits;
    this.segmentIds = segmentIds;
  }

  /**
   * A table's state.
   *
   * @param live data files of the current snapshot
   * @param deleteFiles how many delete files it has, those too that hit nothing any more
   * @param registered everything the registry has of the collection
   * @param expireBefore rows with a smaller timestamp have outlived their time; 0 for none
   * @param expiredShare of a file's rows, about
   */
  record State(
      long collectionId,
      List<LakeFile> live,
      long deleteFiles,
      List<SegmentIndex> registered,
      long expireBefore,
      ToDoubleFunction<LakeFile> expiredShare) {}

  /**
   * What to do now; rewrites only if no deletes are to be converted first.
   *
   * @param nowMs wall clock
   * @param forced whether everything that can be merged or cleaned is, however little or young
   * @param convertsAny whether deletes are converted however few
   */
  List<CompactTask> plan(State state, long nowMs, boolean forced, boolean convertsAny) {
    Map<DeleteRef, Integer> hits = hits(state.live());
    if (isDueForConversion(state, hits, convertsAny)) {
      List<LakeFile> hit = state.live().stream().filter(f -> !f.deletes().isEmpty()).toList();
      return List.of(task(Work.CONVERT, state, hit));
    }
    List<List<LakeFile>> files = units(state.live(), state.registered());
    List<CompactionUnit> units = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      units.add(unit(i, files.get(i), hits, state));
    }
    List<CompactTask> tasks = new ArrayList<>();
    for (CompactionGroup group :
        new CompactionPolicy(limits.rewrites()).choose(units, nowMs, forced)) {
      List<LakeFile> chosen =
          group.units().stream()
              .flatMap(unit -> files.get(unit.number()).stream())
              .sorted(oldestFirst())
              .toList();
      tasks.add(task(Work.REWRITE, state, chosen));
    }
    return tasks;
  }

  /** How many data files each delete file hits. */
  private static Map<DeleteRef, Integer> hits(List<LakeFile> live) {
    Map<DeleteRef, Integer> hits = new HashMap<>();
    live.forEach(file -> file.deletes().forEach(delete -> hits.merge(delete, 1, Integer::sum)));
    return hits;
  }

  private boolean isDueForConversion(State state, Map<DeleteRef, Integer> hits, boolean any) {
    long own =
        state.live().stream()
            .filter(file -> file.deletes().stream().anyMatch(d -> isOwn(d, hits)))
            .count();
    // More than one for a data file, those of several, and those of none any more.
    long surplus = Math.max(state.deleteFiles(), hits.size()) - own;
    return surplus >= (any ? 1 : limits.deleteFilesMax());
  }

  private static boolean isOwn(DeleteRef delete, Map<DeleteRef, Integer> hits) {
    return !delete.byPrimaryKey() && hits.getOrDefault(delete, 0) == 1;
  }

  /** Segments that stand as they were indexed, and each other file by itself, oldest first. */
  private static List<List<LakeFile>> units(List<LakeFile> live, List<SegmentIndex> registered) {
    Map<String, LakeFile> free = new LinkedHashMap<>();
    live.stream().sorted(oldestFirst()).forEach(file -> free.put(file.path(), file));
    List<List<LakeFile>> units = new ArrayList<>();
    registered.stream()
        .sorted(Comparator.comparingLong(SegmentIndex::segmentId))
        .map(SegmentIndex::sources)
        .distinct()
        .filter(sources ->
            sources.stream()
                .allMatch(source -> {
                  LakeFile file = free.get(source.path());
                  return file != null && file.rows() == source.rows();
                }))
        .forEach(sources -> {
          List<LakeFile> segment = new ArrayList<>();
          sources.forEach(source -> {
            LakeFile file = free.remove(source.path());
            if (file != null) {
              segment.add(file);
            }
          });
          units.add(segment);
        });
    free.values().forEach(file -> units.add(List.of(file)));
    return units;
  }

  private static Comparator<LakeFile> oldestFirst() {
    return Comparator.comparingLong(LakeFile::sequenceNumber).thenComparing(LakeFile::path);
  }

  private static CompactionUnit unit(
      int number, List<LakeFile> files, Map<DeleteRef, Integer> hits, State state) {
    LakeFile first = files.getFirst();
    boolean several = files.stream().anyMatch(LakeFile::severalPartitions);
    long dead = 0;
    double expired = 0;
    for (LakeFile file : files) {
      long deleted =
          file.deletes().stream()
              .filter(delete -> isOwn(delete, hits))
              .mapToLong(DeleteRef::rows)
              .sum();
      dead += Math.min(deleted, file.rows());
      expired += file.rows() * state.expiredShare().applyAsDouble(file);
    }
    return new CompactionUnit(
        number,
        several ? "" : first.partition(),
        several ? LakeFile.SHARD_UNKNOWN : first.shard(),
        files.size(),
        files.stream().mapToLong(LakeFile::rows).sum(),
        files.stream().mapToLong(LakeFile::bytes).sum(),
        dead,
        Math.round(expired),
        files.stream()
            .mapToLong(file -> HybridTimestamp.physicalMs(file.addedTimestamp()))
            .max()
            .orElse(0));
  }

  private CompactTask task(Work work, State state, List<LakeFile> files) {
    CompactionLimits rewrites = limits.rewrites();
    long rows = files.stream().mapToLong(LakeFile::rows).sum();
    long bytes = files.stream().mapToLong(LakeFile::bytes).sum();
    boolean mixed =
        files.stream().anyMatch(f -> f.severalPartitions() || f.shard() == LakeFile.SHARD_UNKNOWN);
    long full = Math.max(rows / rewrites.segmentRows(), bytes / rewrites.segmentBytes());
    int ids =
        switch (work) {
          case CONVERT -> 0;
          case REWRITE -> mixed ? SEGMENT_IDS_MAX : (int) Math.min(full + 2, SEGMENT_IDS_MAX);
        };
    long first = segmentIds.getAsLong();
    long last = first;
    for (int i = 1; i < ids; i++) {
      last = segmentIds.getAsLong();
    }
    return new CompactTask(
        work,
        state.collectionId(),
        // Counted back from the last, since the clock may have moved on in between.
        ids == 0 ? 0 : last - ids + 1,
        ids,
        files.stream().map(LakeFile::path).toList(),
        rows,
        bytes,
        state.expireBefore(),
        rewrites.segmentBytes(),
        rewrites.segmentRows());
  }
}
