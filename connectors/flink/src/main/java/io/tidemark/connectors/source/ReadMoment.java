package io.tidemark.connectors.source;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.LakeMoment;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.SnapshotTag;
import io.tidemark.stores.lake.SnapshotTags;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * A snapshot, and how far the log is looked at beyond it.
 *
 * @param timestamp what the read is as of, hybrid
 * @param logAfter by shard, up to where its log is in the snapshot
 * @param logUntil {@link ScanSplit#NO_LOG}, or a hybrid timestamp for all shards
 */
record ReadMoment(long timestamp, long snapshotId, Map<Integer, Long> logAfter, long logUntil) {
  private static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*";

  ReadMoment {
    logAfter = Map.copyOf(logAfter);
  }

  /**
   * @param asOf a snapshot's name, a hybrid timestamp in decimal, or an ISO instant with its offset
   * @param global per shard, the global position as it was before the table was loaded
   * @throws TidemarkException 1100 if there is no such snapshot, or none so old
   */
  static ReadMoment of(LakeTable table, String asOf, long[] global, long now) {
    String text = asOf.trim();
    if (text.matches(NAME)) {
      SnapshotTag tag = SnapshotTags.require(table, text);
      return new ReadMoment(tag.timestamp(), tag.snapshotId(), Map.of(), ScanSplit.NO_LOG);
    }
    long timestamp = timestamp(text);
    if (HybridTimestamp.physicalMs(timestamp) > HybridTimestamp.physicalMs(now)) {
      throw TidemarkException.invalid(
          "collection "
              + table.info().name()
              + " cannot be read as of '"
              + asOf
              + "', which lies in the future: now is "
              + shown(now));
    }
    return of(table, timestamp, global);
  }

  private static long timestamp(String text) {
    try {
      if (text.matches("\\d{1,19}")) {
        return Long.parseLong(text);
      }
      long ms = OffsetDateTime.parse(text).toInstant().toEpochMilli();
      if (ms >= 0) {
        return HybridTimestamp.ofMillis(ms);
      }
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw invalid(text);
    }
    throw invalid(text);
  }

  private static TidemarkException invalid(String text) {
    return TidemarkException.invalid(
        "scan.as-of '"
            + text
            + "' is invalid, expected a snapshot's name, a hybrid timestamp in decimal, or an"
            + " instant such as 2026-05-04T12:00:00Z");
  }

  static ReadMoment of(LakeTable table, long timestamp, long[] global) {
    CollectionInfo info = table.info();
    LakeMoment found =
        table.history().stream()
            .filter(moment -> isUpTo(moment, info, timestamp))
            .findFirst()
            .orElseThrow(() -> tooOld(table, timestamp));
    Map<Integer, Long> logAfter = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      long after = found.positions().getOrDefault(shard, 0L);
      if (after >= table.position(shard)) {
        // No later commit of the shard: up to the global position there was nothing to commit.
        after = Math.max(after, global[shard]);
      }
      logAfter.put(shard, after);
    }
    return new ReadMoment(timestamp, found.snapshotId(), logAfter, timestamp);
  }

  private static boolean isUpTo(LakeMoment moment, CollectionInfo info, long timestamp) {
    return moment.positions().size() == info.shards()
        && moment.positions().values().stream().allMatch(position -> position <= timestamp)
        && moment.othersMs() <= HybridTimestamp.physicalMs(timestamp);
  }

  private static TidemarkException tooOld(LakeTable table, long timestamp) {
    CollectionInfo info = table.info();
    String why =
        timestamp < info.createdTimestamp()
            ? "it was created at " + shown(info.createdTimestamp())
            : "the snapshots of that time have expired";
    return TidemarkException.invalid(
        "collection %s cannot be read as of %s: %s; %s"
            .formatted(info.name(), shown(timestamp), why, available(table, timestamp)));
  }

  /** What can be read without the log, in words: the times next to one, and named snapshots. */
  static String available(LakeTable table, long timestamp) {
    OptionalLong before = times(table).filter(time -> time <= timestamp).max();
    OptionalLong after = times(table).filter(time -> time > timestamp).min();
    List<String> parts = new ArrayList<>();
    before.ifPresent(time -> parts.add("the nearest snapshot before is as of " + shown(time)));
    after.ifPresent(time -> parts.add("the nearest snapshot after is as of " + shown(time)));
    List<String> names = SnapshotTags.list(table).stream().map(SnapshotTag::name).toList();
    parts.add("snapshots by name: " + names);
    return String.join("; ", parts);
  }

  /** As of when each state that is left is complete. */
  private static LongStream times(LakeTable table) {
    return table.history().stream()
        .filter(moment -> moment.positions().size() == table.info().shards())
        .mapToLong(moment ->
            Math.max(
                Collections.max(moment.positions().values()),
                HybridTimestamp.ofMillis(moment.othersMs())));
  }

  /** As it can be given, and for people. */
  static String shown(long timestamp) {
    return timestamp + " (" + HybridTimestamp.format(timestamp) + ")";
  }
}
