package io.tidemark.connectors.sink;

import io.tidemark.connectors.row.RowChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes on their way into one group of requests. With {@link WriteMode#UPSERT} only the last
 * change of each key is kept: the requests made of it touch each key once, so that they need no
 * order among them. Not thread-safe.
 */
final class Batch {
  private final SinkSettings settings;
  private final Map<Object, RowChange> byKey = new HashMap<>();
  private final List<RowChange> added = new ArrayList<>();
  private long bytes;

  Batch(SinkSettings settings) {
    this.settings = settings;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  boolean isFull() {
    return size() >= settings.batchRowsMax() || bytes >= settings.batchBytesMax();
  }

  /** A batch without anything has room for any row. */
  boolean hasRoomFor(RowChange change) {
    return isEmpty()
        || (size() < settings.batchRowsMax() && bytes + change.bytes() <= settings.batchBytesMax());
  }

  /**
   * @return whether it took the place of an earlier change of its key
   */
  boolean add(RowChange change) {
    bytes += change.bytes();
    Object key = change.key();
    if (settings.writeMode() == WriteMode.INSERT || key == null) {
      added.add(change);
      return false;
    }
    RowChange earlier = byKey.put(key, change);
    if (earlier == null) {
      return false;
    }
    bytes -= earlier.bytes();
    return true;
  }

  private int size() {
    return added.size() + byKey.size();
  }

  /** Requests that write it all; deletions first. */
  List<WriteRequest> requests() {
    List<Object> deleted = new ArrayList<>();
    Map<String, List<RowChange>> rows = new LinkedHashMap<>();
    collect(byKey.values(), deleted, rows);
    collect(added, deleted, rows);
    List<WriteRequest> requests = new ArrayList<>();
    if (!deleted.isEmpty()) {
      requests.add(new WriteRequest.Delete(deleted));
    }
    rows.forEach((partition, own) ->
        requests.add(
            settings.writeMode() == WriteMode.INSERT
                ? new WriteRequest.Insert(partition, own)
                : new WriteRequest.Upsert(partition, own)));
    return requests;
  }

  private static void collect(
      Collection<RowChange> changes, List<Object> deleted, Map<String, List<RowChange>> rows) {
    for (RowChange change : changes) {
      Object key = change.key();
      if (change.deletion() && key != null) {
        deleted.add(key);
      } else {
        rows.computeIfAbsent(change.partition(), name -> new ArrayList<>()).add(change);
      }
    }
  }
}
