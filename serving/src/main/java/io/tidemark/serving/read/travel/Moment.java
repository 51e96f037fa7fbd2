package io.tidemark.serving.read.travel;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.LakeMoment;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.SnapshotTag;
import io.tidemark.stores.lake.SnapshotTags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A time and how a view of it is made.
 *
 * @param timestamp what the view is as of, hybrid
 * @param snapshotId of the table
 * @param logAfter by shard, from where on the log is to be read, up to {@code timestamp}; a shard
 *     whose log is all in the snapshot is left out
 */
record Moment(long timestamp, long snapshotId, Map<Integer, Long> logAfter) {
  Moment {
    logAfter = Map.copyOf(logAfter);
  }

  /**
   * @param table refreshed
   * @param global per shard, the global position as it was before the table was refreshed
   * @throws TidemarkException INVALID_PARAMETER if there is no such snapshot, or none so old; the
   *     message says what can be had
   */
  static Moment of(LakeTable table, AsOf asOf, long[] global) {
    return switch (asOf) {
      case AsOf.Name name -> of(SnapshotTags.require(table, name.name()));
      case AsOf.Time time -> of(table, time.timestamp(), global);
    };
  }

  private static Moment of(SnapshotTag tag) {
    return new Moment(tag.timestamp(), tag.snapshotId(), Map.of());
  }

  private static Moment of(LakeTable table, long timestamp, long[] global) {
    CollectionInfo info = table.info();
    Optional<LakeMoment> found =
        table.history().stream().filter(moment -> isUpTo(moment, info, timestamp)).findFirst();
    if (found.isEmpty()) {
      throw tooOld(table, timestamp);
    }
    Map<Integer, Long> logAfter = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      long after = found.get().positions().getOrDefault(shard, 0L);
      if (after >= table.position(shard)) {
        // No later commit of the shard: up to the global position there was nothing to commit.
        after = Math.max(after, global[shard]);
      }
      if (after < timestamp) {
        logAfter.put(shard, after);
      }
    }
    return new Moment(timestamp, found.get().snapshotId(), logAfter);
  }

  private static boolean isUpTo(LakeMoment moment, CollectionInfo info, long timestamp) {
    return moment.positions().size() == info.shards()
        && moment.positions().values().stream().allMatch(position -> position <= timestamp)
        && moment.othersMs() <= HybridTimestamp.physicalMs(timestamp);
  }

  /** Nothing is as old as that. */
  private static TidemarkException tooOld(LakeTable table, long timestamp) {
    String hint =
        HybridTimestamp.physicalMs(timestamp)
                < HybridTimestamp.physicalMs(table.info().createdTimestamp()) / 1000
            ? " (a hybrid timestamp is milliseconds since the epoch, shifted left by 18 bits)"
            : "";
    return TidemarkException.invalid(
        "collection %s cannot be read as of %d (%s)%s: %s"
            .formatted(
                table.info().name(),
                timestamp,
                HybridTimestamp.format(timestamp),
                hint,
                available(table)));
  }

  /** The times that can be had, in words. */
  static String available(LakeTable table) {
    CollectionInfo info = table.info();
    List<String> times = new ArrayList<>();
    table.history().stream()
        .filter(moment -> moment.positions().size() == info.shards())
        .reduce((newer, older) -> older)
        .ifPresent(oldest -> {
          long from = oldest.positions().values().stream().mapToLong(p -> p).max().orElse(0);
          long atLeast = Math.max(from, HybridTimestamp.ofMillis(oldest.othersMs()));
          times.add(
              "the oldest time there is, is "
                  + atLeast
                  + " ("
                  + HybridTimestamp.format(atLeast)
                  + ")");
        });
    List<SnapshotTag> tags = SnapshotTags.list(table);
    if (!tags.isEmpty()) {
      times.add(
          "snapshots by name: "
              + tags.stream()
                  .map(tag -> tag.name() + " (" + HybridTimestamp.format(tag.timestamp()) + ")")
                  .collect(Collectors.joining(", ")));
    }
    return times.isEmpty() ? "its table has no snapshot yet" : String.join("; ", times);
  }
}
