package io.tidemark.connectors.lake;

import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.log.WindowedLog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Shards that were set aside and take commits again, as one committer sees them. What is missing in
 * their tables is forgotten only once everything up to the global position is committed. Before
 * that, a start without a checkpoint has to read the log from where they were set aside: from the
 * global position on, it would skip what lies between. Not thread-safe.
 */
final class RecoveringShards {
  private final ControlStore control;
  private final Set<Shard> shards = new HashSet<>();

  /** By window task, up to where it has sent everything. */
  private final Map<Integer, Long> progress = new HashMap<>();

  private record Shard(long collectionId, int shard) {}

  RecoveringShards(ControlStore control) {
    this.control = control;
  }

  /** The shard's table has taken a window, or had it already. */
  void committed(long collectionId, int shard) {
    if (AsideCollections.of(control, collectionId, shard).isPresent()) {
      shards.add(new Shard(collectionId, shard));
    }
  }

  /** The shard's table has refused a window. */
  void setAside(long collectionId, int shard) {
    shards.remove(new Shard(collectionId, shard));
  }

  /** Everything that a window task sent before this mark is committed. */
  void reached(WindowedLog.Progress mark) {
    progress.merge(mark.task(), mark.timestamp(), Math::max);
    if (shards.isEmpty()
        || progress.size() < mark.tasks()
        || progress.values().stream().anyMatch(reached -> reached < globalPosition())) {
      return;
    }
    shards.forEach(shard -> AsideCollections.clear(control, shard.collectionId(), shard.shard()));
    shards.clear();
  }

  private long globalPosition() {
    return control.list(ControlKeys.POSITION).values().stream()
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }
}
