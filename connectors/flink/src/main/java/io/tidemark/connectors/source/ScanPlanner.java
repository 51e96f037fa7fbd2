package io.tidemark.connectors.source;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.TimeToLive;
import io.tidemark.stores.log.LogEnds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plans a read. A bounded one cuts each shard into as many splits as there is work for; a read that
 * goes on has one split per shard, so that changes of a key keep their order. Stateless.
 */
final class ScanPlanner {
  private ScanPlanner() {}

  static List<ScanSplit> plan(ScanSpec spec, int parallelism) {
    try (OpenCollection open = OpenCollection.open(spec)) {
      // In this order: a table loaded later is at least as far as the global position says.
      long[] global = globalPositions(spec, open.info());
      LakeTable table = open.table();
      table.refresh();
      CollectionInfo info = table.info();
      ReadMoment moment = moment(spec, table, global);
      List<LakeFile> files = open.files(moment.snapshotId());
      long expireBefore = TimeToLive.cutoff(info, HybridTimestamp.physicalMs(moment.timestamp()));
      Map<Integer, Long> ends =
          spec.changelog() || moment.logUntil() == ScanSplit.NO_LOG || spec.asOf() != null
              ? Map.of()
              : LogEnds.of(spec.stores().log(), info.pchannels());
      List<ScanSplit> splits = new ArrayList<>();
      for (int shard = 0; shard < info.shards(); shard++) {
        long until =
            spec.changelog()
                ? ScanSplit.FOREVER
                : ends.getOrDefault(info.pchannels().get(shard), moment.logUntil());
        int parts = spec.changelog() ? 1 : Math.ceilDiv(parallelism, info.shards());
        splits.addAll(shard(shard, files, parts, moment, expireBefore, until));
      }
      return splits;
    }
  }

  private static long[] globalPositions(ScanSpec spec, CollectionInfo info) {
    try (ControlStore control = KafkaControlStore.open(spec.stores().log())) {
      control.refresh();
      long[] global = new long[info.shards()];
      for (int shard = 0; shard < global.length; shard++) {
        global[shard] = GlobalPositions.of(control, info, shard);
      }
      return global;
    }
  }

  private static ReadMoment moment(ScanSpec spec, LakeTable table, long[] global) {
    long now = HybridTimestamp.ofMillis(System.currentTimeMillis());
    if (spec.asOf() != null) {
      return ReadMoment.of(table, spec.asOf(), global, now);
    }
    LakeSnapshot snapshot = table.snapshot();
    Map<Integer, Long> after = new HashMap<>();
    for (int shard = 0; shard < global.length; shard++) {
      long ofTable = snapshot.positions().getOrDefault(shard, table.info().createdTimestamp());
      after.put(shard, Math.max(global[shard], ofTable));
    }
    boolean log = spec.changelog() || spec.level() == ReadLevel.LATEST;
    return new ReadMoment(now, snapshot.snapshotId(), after, log ? now : ScanSplit.NO_LOG);
  }

  private static List<ScanSplit> shard(
      int shard,
      List<LakeFile> files,
      int wanted,
      ReadMoment moment,
      long expireBefore,
      long until) {
    List<LakeFile> own =
        files.stream()
            .filter(file -> OpenCollection.mayHold(file, shard))
            .sorted(Comparator.comparingLong(LakeFile::bytes).reversed())
            .toList();
    int parts = Math.max(1, Math.min(wanted, own.size()));
    List<List<String>> slices = new ArrayList<>();
    long[] bytes = new long[parts];
    for (int part = 0; part < parts; part++) {
      slices.add(new ArrayList<>());
    }
    for (LakeFile file : own) {
      int smallest = 0;
      for (int part = 1; part < parts; part++) {
        smallest = bytes[part] < bytes[smallest] ? part : smallest;
      }
      slices.get(smallest).add(file.path());
      bytes[smallest] += file.bytes();
    }
    List<ScanSplit> splits = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      splits.add(
          new ScanSplit(
              "shard-" + shard + "-" + part,
              shard,
              moment.snapshotId(),
              slices.get(part),
              expireBefore,
              moment.logAfter().getOrDefault(shard, 0L),
              until,
              part == 0,
              0,
              0));
    }
    return splits;
  }
}
