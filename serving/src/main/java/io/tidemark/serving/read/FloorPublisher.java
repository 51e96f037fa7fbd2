package io.tidemark.serving.read;

import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.ReaderFloors;
import io.tidemark.model.error.TidemarkException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the control store what this node still reads of the log, so that it is not trimmed away
 * under it. A reader whose place is trimmed all the same loads a newer snapshot, so a failure only
 * costs that. Thread-safe.
 */
final class FloorPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FloorPublisher.class);

  private final ControlStore control;
  private final Collection<LoadedCollection> collections;

  /** Of this life: what an earlier one told ages out. */
  private final String node = UUID.randomUUID().toString();

  private final Set<Integer> told = new HashSet<>();
  private boolean closed;

  /**
   * @param collections a live view of what is loaded
   */
  FloorPublisher(ControlStore control, Collection<LoadedCollection> collections) {
    this.control = control;
    this.collections = collections;
  }

  synchronized void publish() {
    if (closed) {
      return;
    }
    Map<Integer, Long> floors = new HashMap<>();
    collections.forEach(collection ->
        collection.floors((pchannel, floor) -> floors.merge(pchannel, floor, Math::min)));
    try {
      for (Map.Entry<Integer, Long> floor : floors.entrySet()) {
        told.add(floor.getKey());
        ReaderFloors.put(
            control, node, floor.getKey(), floor.getValue(), System.currentTimeMillis());
      }
      for (int pchannel : Set.copyOf(told)) {
        if (!floors.containsKey(pchannel)) {
          ReaderFloors.remove(control, node, pchannel);
          told.remove(pchannel);
        }
      }
    } catch (TidemarkException e) {
      LOG.warn("cannot tell what is read of the log, trying again later: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      told.forEach(pchannel -> ReaderFloors.remove(control, node, pchannel));
    } catch (TidemarkException e) {
      LOG.warn("cannot tell that the log is read no more, this ages out: {}", e.getMessage());
    }
  }
}
