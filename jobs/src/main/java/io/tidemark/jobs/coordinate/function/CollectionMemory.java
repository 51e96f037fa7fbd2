package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.CollectionState;
import io.tidemark.jobs.coordinate.record.CollectionState.Phase;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.run.JobRequest;
import java.nio.charset.StandardCharsets;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What a collection keeps.
 *
 * @param facts the newest
 * @param pending the one job it has asked for, until it has ended
 * @param builtAsked everything committed up to this hybrid timestamp was indexed as asked
 * @param compactedFiles small files that the last compaction left, like {@code compactedDeletes}
 * @param compactedMs when it ended
 * @param failures in a row
 * @param waitUntilMs no job is asked for before, unless {@code freshAfterMs} allows it
 * @param freshAfterMs facts observed later than this end the wait; {@link Long#MAX_VALUE} if none
 *     do
 * @param repeats jobs that ended well on the same facts, one after the other
 * @param decidedOnMs when the facts were observed that asked for the last job
 * @param message why the last job did not end well
 * @param phaseMs in this phase since
 */
record CollectionMemory(
    CollectionFacts facts,
    @Nullable Pending pending,
    long builtAsked,
    int compactedFiles,
    int compactedDeletes,
    long compactedMs,
    int failures,
    long waitUntilMs,
    long freshAfterMs,
    int repeats,
    long decidedOnMs,
    String message,
    long phaseMs) {
  static final Type<CollectionMemory> TYPE =
      SimpleType.simpleImmutableTypeFrom(
          TypeName.typeNameFromString("io.tidemark/collection"),
          memory -> RecordJson.write(memory).getBytes(StandardCharsets.UTF_8),
          bytes ->
              RecordJson.read(new String(bytes, StandardCharsets.UTF_8), CollectionMemory.class));

  /**
   * A job that was asked for.
   *
   * @param asked what it will have indexed as asked when it ends well
   */
  record Pending(JobRequest request, long asked, boolean running) {}

  static CollectionMemory of(CollectionFacts facts, long nowMs) {
    return new CollectionMemory(facts, null, 0, 0, 0, 0, 0, 0, Long.MAX_VALUE, 0, -1, "", nowMs);
  }

  Phase phase() {
    if (pending != null) {
      return pending.running ? Phase.RUNNING : Phase.WAITING;
    }
    return failures > 0 ? Phase.PAUSING : Phase.IDLE;
  }

  boolean mayAsk(long nowMs) {
    return pending == null && (nowMs >= waitUntilMs || facts.observedMs() > freshAfterMs);
  }

  CollectionMemory withFacts(CollectionFacts newer) {
    return copy(newer, pending, builtAsked, failures, waitUntilMs, freshAfterMs, repeats, message);
  }

  CollectionMemory withBuilt(long asked) {
    return copy(facts, pending, asked, failures, waitUntilMs, freshAfterMs, repeats, message);
  }

  CollectionMemory asking(JobRequest request, long asked, long nowMs) {
    return new CollectionMemory(
        facts,
        new Pending(request, asked, false),
        builtAsked,
        compactedFiles,
        compactedDeletes,
        compactedMs,
        failures,
        waitUntilMs,
        freshAfterMs,
        repeats,
        facts.observedMs(),
        message,
        nowMs);
  }

  CollectionMemory started(Pending job, long nowMs) {
    return copy(
            facts,
            new Pending(job.request, job.asked, true),
            builtAsked,
            failures,
            waitUntilMs,
            freshAfterMs,
            repeats,
            message)
        .since(nowMs);
  }

  /** The job is over: the next is asked for on newer facts, or after a while. */
  CollectionMemory done(long built, long settleMs, long nowMs) {
    int same = decidedOnMs == facts.observedMs() ? repeats + 1 : 0;
    return copy(facts, null, built, 0, nowMs + settleMs, nowMs, same, "").since(nowMs);
  }

  CollectionMemory failed(String why, long pauseMs, long nowMs) {
    return copy(
            facts, null, builtAsked, failures + 1, nowMs + pauseMs, Long.MAX_VALUE, repeats, why)
        .since(nowMs);
  }

  CollectionMemory compacted(long nowMs) {
    return new CollectionMemory(
        facts,
        pending,
        builtAsked,
        facts.smallFiles(),
        facts.deleteFiles(),
        nowMs,
        failures,
        waitUntilMs,
        freshAfterMs,
        repeats,
        decidedOnMs,
        message,
        phaseMs);
  }

  /** Compaction leaves less than there was: the baseline follows the facts down. */
  CollectionMemory withBaseline(int files, int deletes) {
    return new CollectionMemory(
        facts,
        pending,
        builtAsked,
        files,
        deletes,
        compactedMs,
        failures,
        waitUntilMs,
        freshAfterMs,
        repeats,
        decidedOnMs,
        message,
        phaseMs);
  }

  private CollectionMemory copy(
      CollectionFacts newFacts,
      @Nullable Pending newPending,
      long newBuilt,
      int newFailures,
      long newWait,
      long newFresh,
      int newRepeats,
      String newMessage) {
    return new CollectionMemory(
        newFacts,
        newPending,
        newBuilt,
        compactedFiles,
        compactedDeletes,
        compactedMs,
        newFailures,
        newWait,
        newFresh,
        newRepeats,
        decidedOnMs,
        newMessage,
        phaseMs);
  }

  private CollectionMemory since(long nowMs) {
    return new CollectionMemory(
        facts,
        pending,
        builtAsked,
        compactedFiles,
        compactedDeletes,
        compactedMs,
        failures,
        waitUntilMs,
        freshAfterMs,
        repeats,
        decidedOnMs,
        message,
        nowMs);
  }

  /** For people. */
  CollectionState state() {
    Pending job = pending;
    return new CollectionState(
        facts.collectionId(),
        facts.database(),
        facts.name(),
        phase(),
        job == null ? "" : job.request.id(),
        job == null ? "" : job.request.kind().command(),
        facts.rows(),
        facts.bytes(),
        facts.files(),
        facts.smallFiles(),
        facts.deleteFiles(),
        facts.openSegments(),
        facts.sealedSegments(),
        facts.indexedSegments(),
        failures,
        message,
        phaseMs);
  }
}
