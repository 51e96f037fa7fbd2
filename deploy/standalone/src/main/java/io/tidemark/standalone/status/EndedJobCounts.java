package io.tidemark.standalone.status;

import io.tidemark.standalone.jobs.JobView;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts jobs that end, from records of which old ones are forgotten. Not thread-safe. */
final class EndedJobCounts {
  private record Key(String kind, String state) {}

  private final long sinceMs;
  private final Map<Key, StatusReport.EndedJobs> counts =
      new TreeMap<>(Comparator.comparing(Key::kind).thenComparing(Key::state));
  private Set<String> counted = new HashSet<>();

  /**
   * @param sinceMs what ended before is not counted
   */
  EndedJobCounts(long sinceMs) {
    this.sinceMs = sinceMs;
  }

  List<StatusReport.EndedJobs> with(List<JobView> jobs) {
    Set<String> known = new HashSet<>();
    for (JobView job : jobs) {
      if (job.ended() && job.endedMs() >= sinceMs) {
        known.add(job.id());
        if (!counted.contains(job.id())) {
          count(job);
        }
      }
    }
    counted = known;
    return List.copyOf(counts.values());
  }

  private void count(JobView job) {
    double seconds = job.startedMs() == 0 ? 0 : Math.max(0, job.endedMs() - job.startedMs()) / 1e3;
    counts.merge(
        new Key(job.kind(), job.state()),
        new StatusReport.EndedJobs(job.kind(), job.state(), 1, seconds),
        (a, b) ->
            new StatusReport.EndedJobs(
                a.kind(), a.state(), a.jobs() + b.jobs(), a.seconds() + b.seconds()));
  }
}
