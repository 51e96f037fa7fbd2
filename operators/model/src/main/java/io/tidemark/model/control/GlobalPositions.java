package io.tidemark.model.control;

import io.tidemark.model.collection.CollectionInfo;

/** How far shards are in their tables, as the control store knows it. Stateless. */
public final class GlobalPositions {
  private GlobalPositions() {}

  /**
   * The hybrid timestamp up to which every record of the shard is committed, or to be skipped for
   * good: the global position of its pchannel, which passes shards that are set aside, and for such
   * a shard 0. What a table shows afterwards is at least that far.
   */
  public static long of(ControlStore control, CollectionInfo info, int shard) {
    // In this order: a shard is set aside before a position passes it, and it stays aside until
    // its table has everything up to the position.
    long position =
        control
            .get(ControlKeys.POSITION + info.pchannels().get(shard))
            .map(Long::parseLong)
            .orElse(0L);
    boolean aside = control.get(ControlKeys.ASIDE + info.id() + "/" + shard).isPresent();
    return aside ? 0 : position;
  }
}
