package io.tidemark.standalone.status;

import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the coordinator has written down of its states, as far as it is shown.
 *
 * @param segments by collection, then by state in lower case
 * @param collections by id
 * @param poison messages that a function could not take
 */
record CoordinatorView(
    Map<Long, Map<String, Long>> segments,
    Map<Long, Collection> collections,
    List<StatusReport.Schedule> schedules,
    int poison) {

  /**
   * Of one collection.
   *
   * @param failures jobs that failed in a row
   */
  record Collection(String phase, int failures, String message) {}

  private record Segment(long collectionId, String phase) {}

  static CoordinatorView of(ControlStore control) {
    Map<Long, Map<String, Long>> segments = new HashMap<>();
    for (String json : control.list(ControlKeys.SEGMENT_STATE).values()) {
      Segment segment = RecordJson.read(json, Segment.class);
      segments
          .computeIfAbsent(segment.collectionId, id -> new TreeMap<>())
          .merge(segment.phase.toLowerCase(Locale.ROOT), 1L, Long::sum);
    }
    Map<Long, Collection> collections = new HashMap<>();
    control
        .list(ControlKeys.COLLECTION_STATE)
        .forEach((key, json) ->
            collections.put(
                Long.parseLong(key.substring(ControlKeys.COLLECTION_STATE.length())),
                RecordJson.read(json, Collection.class)));
    return new CoordinatorView(
        segments,
        collections,
        control.list(ControlKeys.SCHEDULE_STATE).values().stream()
            .map(json -> RecordJson.read(json, StatusReport.Schedule.class))
            .sorted(Comparator.comparingLong(StatusReport.Schedule::nextMs))
            .toList(),
        control.list(ControlKeys.POISON).size());
  }
}
