package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.statefun.sdk.java.Address;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What slots keeps.
 *
 * @param waiting in the order in which they came
 * @param ended the last that did, oldest first, so that who asks again hears how
 */
record SlotsMemory(List<Job> waiting, List<Job> running, List<Message.Ended> ended) {
  static final SlotsMemory EMPTY = new SlotsMemory(List.of(), List.of(), List.of());
  static final int ENDED_MAX = 100;

  static final Type<SlotsMemory> TYPE =
      SimpleType.simpleImmutableTypeFrom(
          TypeName.typeNameFromString("io.tidemark/slots"),
          memory -> RecordJson.write(memory).getBytes(StandardCharsets.UTF_8),
          bytes -> RecordJson.read(new String(bytes, StandardCharsets.UTF_8), SlotsMemory.class));

  SlotsMemory {
    waiting = List.copyOf(waiting);
    running = List.copyOf(running);
    ended = List.copyOf(ended);
  }

  /**
   * A request and who asked, if it was a function.
   *
   * @param function its type's name, {@code NAMESPACE/NAME}
   */
  record Job(JobRequest request, @Nullable String function, @Nullable String id) {
    static Job of(JobRequest request, Optional<Address> caller) {
      return new Job(
          request,
          caller.map(address -> address.type().asTypeNameString()).orElse(null),
          caller.map(Address::id).orElse(null));
    }

    Optional<Address> asker() {
      return function == null || id == null
          ? Optional.empty()
          : Optional.of(new Address(TypeName.typeNameFromString(function), id));
    }

    boolean byUser() {
      return request.asker().equals("user");
    }

    /** Whether it indexes what is new. */
    boolean builds() {
      return request.kind() == JobKind.INDEX;
    }

    /** Whether the two would work on the same collection. */
    boolean touches(Job other) {
      Long ours = request.collectionId();
      Long theirs = other.request.collectionId();
      return ours == null || theirs == null || ours.equals(theirs);
    }
  }

  Optional<Job> find(String requestId) {
    return Stream.concat(waiting.stream(), running.stream())
        .filter(job -> job.request().id().equals(requestId))
        .findFirst();
  }

  boolean isRunning(String requestId) {
    return running.stream().anyMatch(job -> job.request().id().equals(requestId));
  }

  Optional<Message.Ended> end(String requestId) {
    return ended.stream().filter(end -> end.requestId().equals(requestId)).findFirst();
  }

  SlotsMemory withWaiting(Job job) {
    return new SlotsMemory(append(waiting, job), running, ended);
  }

  SlotsMemory withRunning(Job job) {
    return new SlotsMemory(without(waiting, job.request().id()), append(running, job), ended);
  }

  SlotsMemory withEnded(Message.Ended end) {
    List<Message.Ended> ends = append(ended, end);
    return new SlotsMemory(
        without(waiting, end.requestId()),
        without(running, end.requestId()),
        ends.subList(Math.max(0, ends.size() - ENDED_MAX), ends.size()));
  }

  private static <T> List<T> append(List<T> list, T last) {
    return Stream.concat(list.stream(), Stream.of(last)).toList();
  }

  private static List<Job> without(List<Job> jobs, String requestId) {
    return jobs.stream().filter(job -> !job.request().id().equals(requestId)).toList();
  }
}
