package io.tidemark.jobs.expire;

import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.ReaderFloors;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control state that outlived what it is about: everything of collections that were dropped, but
 * for the mark of the drop, without which their log records would stop ingest; and what serving
 * nodes that are gone said they still read. Stateless.
 */
final class ControlCleanup {
  private static final Logger LOG = LoggerFactory.getLogger(ControlCleanup.class);

  /** By how much the log must begin after a drop before the drop's mark is forgotten. */
  private static final long FORGET_AFTER_MS = 60_000;

  private ControlCleanup() {}

  /**
   * Removes what dropped collections left, in the control store and in the registry.
   *
   * @param control refreshed
   * @return how many entries of the control store
   */
  static int removeDropped(Lake lake, ControlStore control, long nowMs) {
    int removed = ReaderFloors.forgetSilent(control, nowMs);
    for (long id : dropped(control)) {
      for (String key : keys(control, id)) {
        control.delete(key);
        removed++;
      }
      if (!lake.registry().list(id).isEmpty()) {
        lake.registry().removeCollection(id);
      }
      if (control.get(ControlKeys.DROPPED_BY + id).isEmpty()) {
        control.put(ControlKeys.DROPPED_BY + id, Long.toString(HybridTimestamp.ofMillis(nowMs)));
      }
    }
    if (removed > 0) {
      LOG.info("control entries removed entries={}", removed);
    }
    return removed;
  }

  private static List<Long> dropped(ControlStore control) {
    List<Long> dropped = new ArrayList<>();
    control
        .list(ControlKeys.COLLECTION)
        .forEach((key, value) -> {
          if (value.equals(ControlKeys.DROPPED)) {
            dropped.add(Long.parseLong(key.substring(ControlKeys.COLLECTION.length())));
          }
        });
    return dropped;
  }

  private static List<String> keys(ControlStore control, long id) {
    List<String> keys = new ArrayList<>();
    for (String key :
        List.of(ControlKeys.LOAD + id, ControlKeys.FLUSH + id, ControlKeys.COLLECTION_STATE + id)) {
      if (control.get(key).isPresent()) {
        keys.add(key);
      }
    }
    keys.addAll(control.list(ControlKeys.ASIDE + id + "/").keySet());
    keys.addAll(control.list(ControlKeys.SEGMENT_STATE + id + "/").keySet());
    for (Map.Entry<String, String> alias : control.list(ControlKeys.ALIAS).entrySet()) {
      if (alias.getValue().equals(Long.toString(id))) {
        keys.add(alias.getKey());
      }
    }
    return keys;
  }

  /**
   * Forgets drops of which the log holds nothing any more.
   *
   * @param logBegin hybrid: every pchannel begins at or after it, but for a last tick
   * @return how many
   */
  static int forgetDrops(Lake lake, ControlStore control, long logBegin) {
    int forgotten = 0;
    for (long id : dropped(control)) {
      long by =
          control.get(ControlKeys.DROPPED_BY + id).map(Long::parseLong).orElse(Long.MAX_VALUE);
      boolean isOld =
          by <= logBegin
              && HybridTimestamp.physicalMs(logBegin) - HybridTimestamp.physicalMs(by)
                  > FORGET_AFTER_MS;
      // A table that is still there was not dropped to the end: the mark finishes it.
      if (isOld && lake.collectionById(id).isEmpty()) {
        control.delete(ControlKeys.COLLECTION + id);
        control.delete(ControlKeys.DROPPED_BY + id);
        forgotten++;
      }
    }
    return forgotten;
  }
}
