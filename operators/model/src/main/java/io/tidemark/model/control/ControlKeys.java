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

  private ControlKeys() {}
}
