package io.tidemark.jobs.expire;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.Locations;
import io.tidemark.stores.lake.TableFiles;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A collection's index files that nobody can use any more. A registered index is useless when its
 * definition is gone, or when a file it was built over is live in no snapshot: compaction registers
 * the index of its output before the rewrite is committed, so this counts only once the row is
 * older than the grace period. It is useless at any age when its own file is gone: without the row
 * it is built anew. Stateless.
 */
final class UselessIndexes {
  private static final Logger LOG = LoggerFactory.getLogger(UselessIndexes.class);

  private UselessIndexes() {}

  /**
   * Takes useless rows out of the registry, in one commit.
   *
   * @return how many
   */
  static int remove(Lake lake, LakeTable table, PendingTime pending) {
    long collectionId = table.info().id();
    List<SegmentIndex> registered = lake.registry().list(collectionId);
    if (registered.isEmpty()) {
      return 0;
    }
    // In this order: what is registered now is live, or was, or is about to be; a row's age tells.
    Set<String> live = TableFiles.of(table.iceberg()).liveDataFiles();
    table.refresh();
    Set<Long> wanted = wanted(table.info());
    List<SegmentIndex> useless =
        registered.stream()
            .filter(index ->
                (isOld(index, pending) && !isUsable(index, wanted, live)) || isLost(lake, index))
            .toList();
    if (!useless.isEmpty()) {
      lake.registry().replace(useless, List.of());
      LOG.info(
          "useless index rows removed collection={} rows={} of={}",
          collectionId,
          useless.size(),
          registered.size());
    }
    return useless.size();
  }

  /**
   * Takes out rows of collections that are not there, as a copy leaves them that was killed before
   * it made its collection. A younger row may be of one that is about to be.
   *
   * @return how many
   */
  static int removeStray(Lake lake, PendingTime pending) {
    Map<Long, List<SegmentIndex>> old =
        lake.registry().list().stream()
            .filter(index -> isOld(index, pending))
            .collect(Collectors.groupingBy(SegmentIndex::collectionId));
    List<SegmentIndex> stray = new ArrayList<>();
    old.forEach((id, rows) -> {
      if (lake.collectionById(id).isEmpty()) {
        stray.addAll(rows);
      }
    });
    if (!stray.isEmpty()) {
      lake.registry().replace(stray, List.of());
      LOG.info("index rows of collections that are not there removed rows={}", stray.size());
    }
    return stray.size();
  }

  /** Definitions in use, being built, and kept to go back to. */
  private static Set<Long> wanted(CollectionInfo info) {
    return info.keptIndexes().stream().map(IndexDefinition::id).collect(Collectors.toSet());
  }

  private static boolean isOld(SegmentIndex index, PendingTime pending) {
    return !pending.isYoung(HybridTimestamp.physicalMs(index.createdTimestamp()));
  }

  private static boolean isUsable(SegmentIndex index, Set<Long> wanted, Set<String> live) {
    return wanted.contains(index.indexId())
        && index.sources().stream().allMatch(source -> live.contains(source.path()));
  }

  private static boolean isLost(Lake lake, SegmentIndex index) {
    if (lake.registry().io().newInputFile(index.file()).exists()) {
      return false;
    }
    LOG.warn(
        "index file is gone, it will be built anew collection={} segment={} file={}",
        index.collectionId(),
        index.segmentId(),
        index.file());
    return true;
  }

  /** Deletes a collection's index files that no row names. */
  static OrphanFiles.Deleted deleteOrphans(Lake lake, long collectionId, PendingTime pending) {
    return OrphanFiles.below(
        lake.registry().io(),
        lake.indexPrefix() + "/" + collectionId,
        () -> {
          Set<String> named = new HashSet<>();
          lake.registry()
              .list(collectionId)
              .forEach(index -> named.add(Locations.normal(index.file())));
          return file -> !named.contains(Locations.normal(file));
        },
        pending);
  }
}
