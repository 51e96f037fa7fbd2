package io.tidemark.jobs.run;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job.
 *
 * @param id unique; asking again with the same id asks for the same run
 * @param collectionId null for all collections
 * @param options the job's own, by name; a job refuses what it does not know
 * @param asker who wants it: {@code user}, {@code schedule} or {@code coordinator}
 */
public record JobRequest(
    String id, JobKind kind, @Nullable Long collectionId, Map<String, String> options, String asker)
    implements Serializable {
  public JobRequest {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a job request needs an id");
    }
    options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
  }

  public Optional<Long> collection() {
    return Optional.ofNullable(collectionId);
  }

  public Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  public boolean flag(String name) {
    return Boolean.parseBoolean(options.getOrDefault(name, "false"));
  }
}
