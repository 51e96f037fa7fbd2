package io.tidemark.model.control;

/** Where each piece of control state lives in the {@link ControlStore}. */
public final class ControlKeys {
  /** {@code collection/ID} → {@code database/name}, or {@link #DROPPED}. */
  public static final String COLLECTION = "collection/";

  /** The value of a collection that was dropped: its log records are skipped. */
  public static final String DROPPED = "#dropped";

  /**
   * {@code alias/DATABASE/ALIAS} → the collection's id in decimal, so that a rename does not touch
   * it.
   */
  public static final String ALIAS = "alias/";

  /** {@code load/COLLECTION_ID} → JSON of the load request (partitions, replicas). */
  public static final String LOAD = "load/";

  /**
   * {@code flush/COLLECTION_ID} → the timestamp of the last flush in decimal: what was committed by
   * then is indexed without waiting for more.
   */
  public static final String FLUSH = "flush/";

  /** {@code position/PCHANNEL} → the global position, a hybrid timestamp in decimal. */
  public static final String POSITION = "position/";

  /**
   * {@code aside/COLLECTION_ID/SHARD} → JSON of the log range that its table could not take, and
   * why.
   */
  public static final String ASIDE = "aside/";

  /**
   * {@code reader/NODE/PCHANNEL} → {@code FLOOR AT}: the hybrid timestamp after which a serving
   * node still reads the pchannel, and when it said so, in ms since the epoch.
   */
  public static final String READER = "reader/";

  /**
   * {@code dropped/COLLECTION_ID} → a hybrid timestamp by which the collection was dropped: once
   * the log is trimmed beyond it, nothing needs to remember the drop.
   */
  public static final String DROPPED_BY = "dropped/";

  /** {@code job/ID} → JSON of how far a requested job is. */
  public static final String JOB = "job/";

  /** {@code cancel/ID} → there while a job is to be cancelled. */
  public static final String CANCEL = "cancel/";

  /** {@code state/collection/ID} → JSON of what the coordinator knows of it and does with it. */
  public static final String COLLECTION_STATE = "state/collection/";

  /** {@code state/segment/COLLECTION_ID/KEY} → JSON of the segment's state. */
  public static final String SEGMENT_STATE = "state/segment/";

  /** {@code state/channel/PCHANNEL} → JSON of the pchannel's state. */
  public static final String CHANNEL_STATE = "state/channel/";

  /** {@code state/schedule/NAME} → JSON of when it ran and will run. */
  public static final String SCHEDULE_STATE = "state/schedule/";

  /** {@code poison/FUNCTION/ID/NUMBER} → JSON of a message that a function could not take. */
  public static final String POISON = "poison/";

  private ControlKeys() {}
}
