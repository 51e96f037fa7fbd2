package io.tidemark.standalone.jobs;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidemark.jobs.coordinate.record.JobRecord;
import java.util.List;
import java.util.Map;

/**
 * A job as users see it. As JSON: an object with these names in snake case.
 *
 * @param collection {@code DATABASE.NAME}, empty for all; the id in decimal if it is gone
 * @param state {@code queued}, {@code running}, {@code done}, {@code failed} or {@code cancelled}
 * @param tasksPlanned so far, like {@code rowsPlanned}
 * @param queuedMs since the epoch, as are {@code startedMs} and {@code endedMs}; 0 for not yet
 * @param message why it failed, or waits
 * @param figures what it did
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobView(
    String id,
    String kind,
    String collection,
    Map<String, String> options,
    String asker,
    String state,
    int attempts,
    String stage,
    long tasksPlanned,
    long tasksDone,
    long rowsPlanned,
    long rowsDone,
    long queuedMs,
    long startedMs,
    long endedMs,
    String message,
    Map<String, String> figures) {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * @param collection as {@link #collection}
   */
  public static JobView of(JobRecord record, String collection) {
    return new JobView(
        record.request().id(),
        record.request().kind().command(),
        collection,
        record.request().options(),
        record.request().asker(),
        record.state().name().toLowerCase(java.util.Locale.ROOT),
        record.attempts(),
        record.stage(),
        record.tasksPlanned(),
        record.tasksDone(),
        record.rowsPlanned(),
        record.rowsDone(),
        record.queuedMs(),
        record.startedMs(),
        record.endedMs(),
        record.message(),
        record.figures());
  }

  /** Whether nothing more will happen. */
  public boolean ended() {
    return endedMs > 0;
  }

  public String toJson() {
    return write(this);
  }

  public static String toJson(List<JobView> jobs) {
    return write(jobs);
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not to be written as JSON: " + value, e);
    }
  }

  /**
   * @throws IllegalArgumentException if it is no job
   */
  public static JobView ofJson(String json) {
    return read(json, new TypeReference<>() {});
  }

  public static List<JobView> listOfJson(String json) {
    return read(json, new TypeReference<>() {});
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no job: " + json, e);
    }
  }
}
