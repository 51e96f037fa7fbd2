package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a collection needs next. Pure.
 *
 * @param asked what will be indexed as asked when the job has ended well
 */
record CollectionDecision(JobRequest request, long asked) {
  static Optional<CollectionDecision> of(
      CollectionMemory memory, CoordinatorPolicy policy, long nowMs) {
    CollectionFacts facts = memory.facts();
    if (facts.indexable()) {
      boolean forced = forced(memory) && facts.sealedSegments() + facts.openSegments() > 0;
      if (forced || facts.sealedSegments() > 0) {
        return Optional.of(
            new CollectionDecision(
                request(JobKind.INDEX, facts, index(policy.limits(), forced), nowMs),
                forced ? facts.asked() : memory.builtAsked()));
      }
    }
    if (needsCompaction(memory, policy, nowMs)) {
      return Optional.of(
          new CollectionDecision(
              request(JobKind.COMPACT, facts, sizes(policy.limits()), nowMs), memory.builtAsked()));
    }
    return Optional.empty();
  }

  /** Whether somebody waits for an index of what is committed. */
  static boolean forced(CollectionMemory memory) {
    return memory.facts().askedCommitted() && memory.facts().asked() > memory.builtAsked();
  }

  private static boolean needsCompaction(
      CollectionMemory memory, CoordinatorPolicy policy, long nowMs) {
    return policy.compactsByNeed()
        && nowMs - memory.compactedMs() >= policy.compactEvery().toMillis()
        && (memory.facts().smallFiles() >= memory.compactedFiles() + policy.compactFilesMin()
            || memory.facts().deleteFiles()
                >= memory.compactedDeletes() + policy.compactDeletesMin());
  }

  private static Map<String, String> index(IndexLimits limits, boolean forced) {
    Map<String, String> options = sizes(limits);
    options.put("segment-idle-seconds", Long.toString(limits.idle().toSeconds()));
    if (forced) {
      options.put("force", "true");
    }
    return options;
  }

  /** What is merged becomes segments of the size that new rows are indexed in. */
  private static Map<String, String> sizes(IndexLimits limits) {
    Map<String, String> options = new TreeMap<>();
    options.put("segment-bytes", Long.toString(limits.segmentBytesMax()));
    options.put("segment-rows", Long.toString(limits.segmentRowsMax()));
    options.put("index-rows-min", Long.toString(limits.rowsMin()));
    return options;
  }

  private static JobRequest request(
      JobKind kind, CollectionFacts facts, Map<String, String> options, long nowMs) {
    return new JobRequest(
        kind.command() + "-" + facts.collectionId() + "-" + Long.toString(nowMs, 36),
        kind,
        facts.collectionId(),
        options,
        "coordinator");
  }
}
