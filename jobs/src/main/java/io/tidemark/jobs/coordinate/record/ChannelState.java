package io.tidemark.jobs.coordinate.record;

/**
 * One pchannel; JSON under {@code state/channel/PCHANNEL}.
 *
 * @param watermark hybrid timestamp: committed up to here when it came into this phase
 * @param sinceMs wall clock: in this phase since
 */
public record ChannelState(int pchannel, Phase phase, long watermark, long sinceMs) {
  /** Whether the ingest job reads a pchannel. */
  public enum Phase {
    /** Nothing of it was ever committed, or not for long. */
    UNASSIGNED,
    /** Its position is known and does not move yet, or not any more. */
    ASSIGNING,
    /** Its position moves. */
    ASSIGNED
  }
}
