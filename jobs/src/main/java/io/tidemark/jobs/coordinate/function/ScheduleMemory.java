package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;

/**
 * What a schedule keeps.
 *
 * @param lastMs when it was due last, or when it was set first
 * @param nextMs when it is due
 * @param runs how many times it asked
 * @param running requests of this schedule that have not ended
 * @param failures runs in a row that failed
 */
record ScheduleMemory(
    Schedule schedule,
    List<Long> collectionIds,
    long lastMs,
    long nextMs,
    long runs,
    List<String> running,
    int failures,
    String message) {
  static final Type<ScheduleMemory> TYPE =
      SimpleType.simpleImmutableTypeFrom(
          TypeName.typeNameFromString("io.tidemark/schedule"),
          memory -> RecordJson.write(memory).getBytes(StandardCharsets.UTF_8),
          bytes ->
              RecordJson.read(new String(bytes, StandardCharsets.UTF_8), ScheduleMemory.class));

  ScheduleMemory {
    collectionIds = List.copyOf(collectionIds);
    running = List.copyOf(running);
  }

  ScheduleMemory with(Schedule newSchedule, List<Long> newIds, long newNextMs) {
    return new ScheduleMemory(
        newSchedule, newIds, lastMs, newNextMs, runs, running, failures, message);
  }

  ScheduleMemory ran(List<String> requests, long dueMs, long newNextMs) {
    return new ScheduleMemory(
        schedule, collectionIds, dueMs, newNextMs, runs + 1, requests, failures, message);
  }

  ScheduleMemory ended(String requestId, String why, int newFailures) {
    return new ScheduleMemory(
        schedule,
        collectionIds,
        lastMs,
        nextMs,
        runs,
        running.stream().filter(id -> !id.equals(requestId)).toList(),
        newFailures,
        why);
  }
}
