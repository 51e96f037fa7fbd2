package io.tidemark.jobs.reindex;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides what the next index is, what is left to build of it, and what to compare. Pure. */
final class ReindexPlanner {

  private ReindexPlanner() {}

  /**
   * The index in use that is to be replaced.
   *
   * @throws TidemarkException INVALID_PARAMETER if there is none, or several and none is named
   */
  static IndexDefinition inUse(CollectionInfo collection, ReindexOptions options) {
    List<IndexDefinition> found =
        collection.indexes().stream()
            .filter(index -> options.field().map(index.fieldName()::equals).orElse(true))
            .toList();
    if (found.size() != 1) {
      throw TidemarkException.invalid(
          "reindex: collection "
              + collection.name()
              + " has indexes on "
              + collection.indexes().stream().map(IndexDefinition::fieldName).toList()
              + options.field().map(field -> ", none on " + field).orElse("")
              + (found.isEmpty() ? ": create one first" : ": name one with the option field"));
    }
    return found.getFirst();
  }

  /**
   * The next definition: what is not asked for is as it was.
   *
   * @param metric as asked for, if it is
   * @throws TidemarkException INVALID_PARAMETER for another metric or parameters out of range
   */
  static IndexDefinition next(
      FieldSchema field,
      IndexDefinition old,
      ReindexOptions options,
      Optional<String> metric,
      long id) {
    if (metric.isPresent() && Metric.parse(metric.get()) != old.metric()) {
      throw TidemarkException.invalid(
          "reindex: metric "
              + metric.get()
              + " is not that of index "
              + old.name()
              + ", "
              + old.metric()
              + ": it would change the results of searches; drop the index and create another");
    }
    IndexType type = options.type().orElse(old.type());
    options.params().ifPresent(params -> checkKnown(params, type));
    Map<String, String> params =
        options.params().orElse(type == old.type() ? old.parameters() : Map.of());
    IndexDefinition next =
        new IndexDefinition(
            id, old.fieldId(), old.fieldName(), old.name(), type, old.metric(), params);
    IndexFamilies.check(next, field);
    return next;
  }

  /** Clients of Milvus may send an index more than it knows; who writes them here has misspelt. */
  private static void checkKnown(Map<String, String> params, IndexType type) {
    List<String> known =
        IndexFamilies.of(type).buildParameters().stream().map(IndexParameter::name).toList();
    for (String name : params.keySet()) {
      if (!known.contains(name)) {
        throw TidemarkException.invalid(
            "reindex: "
                + type
                + " has no parameter "
                + name
                + "; "
                + (known.isEmpty() ? "it takes none" : "there are " + known));
      }
    }
  }

  static boolean sameShape(IndexDefinition a, IndexDefinition b) {
    return a.fieldId() == b.fieldId()
        && a.type() == b.type()
        && a.metric() == b.metric()
        && a.parameters().equals(b.parameters());
  }

  /**
   * Of the index files still to be built those without which the candidate would cover less than
   * the index in use: on segments that this one is built for. If it has no files all count.
   */
  static List<IndexTask> missing(
      List<IndexTask> planned,
      List<SegmentIndex> registered,
      IndexDefinition old,
      IndexDefinition candidate) {
    Set<Long> covered = new HashSet<>();
    registered.stream()
        .filter(index -> index.indexId() == old.id())
        .forEach(index -> covered.add(index.segmentId()));
    return planned.stream()
        .filter(task -> task.definitions().stream().anyMatch(d -> d.id() == candidate.id()))
        .filter(task -> !old.type().builds() || covered.contains(task.segmentId()))
        .toList();
  }

  /**
   * Which segments to compare on: the live ones that have all of both indexes' files, with queries
   * in proportion to their rows.
   */
  static List<RecallTask> compare(
      CollectionInfo collection,
      List<LakeFile> live,
      List<SegmentIndex> registered,
      IndexDefinition old,
      IndexDefinition candidate,
      ReindexOptions options) {
    Map<String, Long> rows = new HashMap<>();
    live.forEach(file -> rows.put(file.path(), file.rows()));
    Map<Long, SegmentIndex> before = standing(registered, rows, old);
    Map<Long, SegmentIndex> after = standing(registered, rows, candidate);
    List<SegmentIndex> segments = new ArrayList<>();
    for (SegmentIndex index : (candidate.type().builds() ? after : before).values()) {
      boolean both = !old.type().builds() || before.containsKey(index.segmentId());
      if (both) {
        segments.add(index);
      }
    }
    long total = segments.stream().mapToLong(SegmentIndex::rows).sum();
    List<RecallTask> tasks = new ArrayList<>();
    long rowsBefore = 0;
    for (SegmentIndex segment : segments) {
      long rowsAfter = rowsBefore + segment.rows();
      // Shares that add up to the sample whatever the roundings.
      long queries = options.sample() * rowsAfter / total - options.sample() * rowsBefore / total;
      rowsBefore = rowsAfter;
      if (queries > 0) {
        tasks.add(
            new RecallTask(
                task(collection.id(), segment, candidate),
                one(before, segment),
                one(after, segment),
                (int) queries,
                options.k(),
                options.ef(),
                segment.segmentId() ^ candidate.id()));
      }
    }
    return tasks;
  }

  private static List<SegmentIndex> one(Map<Long, SegmentIndex> indexes, SegmentIndex segment) {
    SegmentIndex found = indexes.get(segment.segmentId());
    return found == null ? List.of() : List.of(found);
  }

  private static IndexTask task(long collectionId, SegmentIndex segment, IndexDefinition field) {
    return new IndexTask(
        collectionId,
        segment.segmentId(),
        segment.partition(),
        segment.shard(),
        segment.sources(),
        List.of(field),
        segment.version());
  }

  private static Map<Long, SegmentIndex> standing(
      List<SegmentIndex> registered, Map<String, Long> rows, IndexDefinition definition) {
    Map<Long, SegmentIndex> standing = new java.util.TreeMap<>();
    for (SegmentIndex index : registered) {
      if (index.indexId() == definition.id() && isLive(index.sources(), rows)) {
        standing.put(index.segmentId(), index);
      }
    }
    return standing;
  }

  private static boolean isLive(List<SourceFile> sources, Map<String, Long> rows) {
    return sources.stream()
        .allMatch(source -> Long.valueOf(source.rows()).equals(rows.get(source.path())));
  }
}
