package io.tidemark.jobs.expire;

import io.tidemark.connectors.lake.AsideCollections;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.ReaderFloors;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogTrimmer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Trims the log below what anybody needs: the global position, which is the lowest start of any
 * window that is open or uncommitted; the positions of shards that are set aside; what serving
 * nodes say they still read. How much is kept besides counts back from the global position, not
 * from now: a checkpoint of the ingest job begins to read a little before it, however long ago the
 * job was stopped. Stateless.
 */
final class LogExpiry {
  private LogExpiry() {}

  /**
   * @param begin hybrid: below it nothing is left but each pchannel's last record there; 0 if some
   *     pchannel could not be trimmed yet
   */
  record Trimmed(long records, long begin) {}

  /**
   * @param control refreshed
   */
  static Trimmed trim(LogConfig log, ControlStore control, Duration keep, long nowMs) {
    Map<Integer, Long> floors = floors(log.pchannels(), control, keep, nowMs);
    if (floors.isEmpty()) {
      return new Trimmed(0, 0);
    }
    long records =
        LogTrimmer.trim(log, floors).values().stream().mapToLong(LogTrimmer.Trimmed::records).sum();
    long begin =
        floors.size() < log.pchannels()
            ? 0
            : floors.values().stream().mapToLong(Long::longValue).min().orElse(0);
    return new Trimmed(records, begin);
  }

  /**
   * By pchannel; none for one without a global position: nothing of it is known to be in tables.
   */
  static Map<Integer, Long> floors(int pchannels, ControlStore control, Duration keep, long nowMs) {
    // In this order: a shard is set aside before a position passes it.
    Map<Integer, Long> positions = new HashMap<>();
    for (int pchannel = 0; pchannel < pchannels; pchannel++) {
      int of = pchannel;
      control
          .get(ControlKeys.POSITION + pchannel)
          .ifPresent(position -> positions.put(of, Long.parseLong(position)));
    }
    long aside = AsideCollections.lowestPosition(control);
    Map<Integer, Long> readers = ReaderFloors.lowest(control, nowMs);
    Map<Integer, Long> floors = new HashMap<>();
    positions.forEach((pchannel, position) -> {
      long keptMs = HybridTimestamp.physicalMs(position) - keep.toMillis();
      long floor = Math.min(position, HybridTimestamp.ofMillis(Math.max(0, keptMs)));
      floor = Math.min(floor, readers.getOrDefault(pchannel, Long.MAX_VALUE));
      floors.put(pchannel, Math.min(floor, aside));
    });
    return floors;
  }
}
