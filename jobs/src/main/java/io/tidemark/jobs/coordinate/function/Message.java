package io.tidemark.jobs.coordinate.function;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.jobs.run.JobRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What functions are told. On the wire a JSON object in UTF-8 with the message's name as {@code is}
 * beside its components; the type's name is {@code io.tidemark/message}. Each may arrive more than
 * once.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Message.Ask.class, name = "ask"),
  @JsonSubTypes.Type(value = Message.Cancel.class, name = "cancel"),
  @JsonSubTypes.Type(value = Message.Withdraw.class, name = "withdraw"),
  @JsonSubTypes.Type(value = Message.Check.class, name = "check"),
  @JsonSubTypes.Type(value = Message.CollectionSeen.class, name = "collection-seen"),
  @JsonSubTypes.Type(value = Message.CollectionGone.class, name = "collection-gone"),
  @JsonSubTypes.Type(value = Message.SegmentSeen.class, name = "segment-seen"),
  @JsonSubTypes.Type(value = Message.Indexing.class, name = "indexing"),
  @JsonSubTypes.Type(value = Message.ChannelSeen.class, name = "channel-seen"),
  @JsonSubTypes.Type(value = Message.ScheduleSet.class, name = "schedule-set"),
  @JsonSubTypes.Type(value = Message.LauncherUp.class, name = "launcher-up"),
  @JsonSubTypes.Type(value = Message.Started.class, name = "started"),
  @JsonSubTypes.Type(value = Message.Ended.class, name = "ended"),
})
public sealed interface Message {
  Type<Message> TYPE =
      SimpleType.simpleImmutableTypeFrom(
          TypeName.typeNameFromString("io.tidemark/message"),
          message -> RecordJson.write(message).getBytes(StandardCharsets.UTF_8),
          bytes -> RecordJson.read(new String(bytes, StandardCharsets.UTF_8), Message.class));

  /** To slots: run this when there is room. */
  record Ask(JobRequest request) implements Message {}

  /** To slots: do not run it, or stop it. */
  record Cancel(String requestId) implements Message {}

  /** To slots: the collection is gone, and with it all that was asked for it alone. */
  record Withdraw(long collectionId) implements Message {}

  /**
   * To itself, later: see whether what was waited for has come.
   *
   * @param about what that was, empty if there is but one thing
   */
  record Check(String about) implements Message {}

  /** To a collection: how it is. */
  record CollectionSeen(CollectionFacts facts) implements Message {}

  /** To a collection: it was dropped. */
  record CollectionGone(long collectionId) implements Message {}

  /** To a segment: how it is. */
  record SegmentSeen(SegmentFacts facts) implements Message {}

  /** To a segment: its index is being built, or no longer. */
  record Indexing(boolean running) implements Message {}

  /**
   * To a channel: how far it is committed.
   *
   * @param watermark hybrid, 0 if nothing is known
   */
  record ChannelSeen(int pchannel, long watermark) implements Message {}

  /**
   * To a schedule: this is what it does now.
   *
   * @param schedule null if there is no such schedule any more
   * @param collectionIds of those it names that exist, none if it is for all
   * @param lastMs when it was due last as far as the control store knows, 0 for never
   */
  record ScheduleSet(@Nullable Schedule schedule, List<Long> collectionIds, long lastMs)
      implements Message {
    public ScheduleSet {
      collectionIds = List.copyOf(collectionIds);
    }
  }

  /** To slots: a launcher has started, which runs nothing yet. */
  record LauncherUp(String launcher) implements Message {}

  /** To who asked: it runs now. */
  record Started(String requestId) implements Message {}

  /**
   * To slots, and from there to who asked.
   *
   * @param retriable whether it may end better another time
   */
  record Ended(
      String requestId,
      JobRecord.State state,
      boolean retriable,
      String message,
      Map<String, String> figures)
      implements Message {}
}
