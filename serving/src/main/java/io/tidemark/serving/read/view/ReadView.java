package io.tidemark.serving.read.view;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All live rows of a collection at one moment: those of the sealed segments of one snapshot, and
 * the growing rows that the log brought since. No row is in both. Immutable; a read uses one view
 * throughout and closes it, which lets go of index files that newer views no longer use.
 */
public final class ReadView implements AutoCloseable {
  private final SealedSet owner;
  private final List<LiveSegment> sealed;
  private final List<LiveSegment> growing;

  ReadView(SealedSet owner, List<LiveSegment> sealed, List<LiveSegment> growing) {
    this.owner = owner;
    this.sealed = List.copyOf(sealed);
    this.growing = List.copyOf(growing);
  }

  boolean acquire() {
    return owner.acquire();
  }

  public List<LiveSegment> sealed() {
    return sealed;
  }

  public List<LiveSegment> growing() {
    return growing;
  }

  /** Those with live rows. */
  public List<LiveSegment> segments(boolean ignoreGrowing) {
    List<LiveSegment> wanted = new ArrayList<>(sealed.size() + growing.size());
    Stream.concat(sealed.stream(), ignoreGrowing ? Stream.empty() : growing.stream())
        .filter(segment -> segment.aliveCount() > 0)
        .forEach(wanted::add);
    return wanted;
  }

  /** To be called once. */
  @Override
  public void close() {
    owner.release();
  }
}
