package io.tidemark.engine.compaction;

import java.util.List;

/** Units of one partition and shard that are to be rewritten together, oldest first. */
public record CompactionGroup(Reason reason, List<CompactionUnit> units) {
  /** What made it due. */
  public enum Reason {
    /** Many small units of about the same size. */
    SMALL,
    /** One unit of many small files. */
    FILES,
    /** A large share of dead rows. */
    DEAD,
    /** Somebody asked. */
    FORCED
  }

  public CompactionGroup {
    units = List.copyOf(units);
  }

  public long rows() {
    return units.stream().mapToLong(CompactionUnit::rows).sum();
  }

  public long bytes() {
    return units.stream().mapToLong(CompactionUnit::bytes).sum();
  }
}
