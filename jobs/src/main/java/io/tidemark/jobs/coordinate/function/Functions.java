package io.tidemark.jobs.coordinate.function;

import org.apache.flink.statefun.sdk.java.TypeName;

/** The functions' names and addresses. */
public final class Functions {
  /** Addressed by {@link #ALL} alone: who may run now. */
  public static final TypeName SLOTS = TypeName.typeNameOf("tidemark", "slots");

  /** Addressed by collection id. */
  public static final TypeName COLLECTION = TypeName.typeNameOf("tidemark", "collection");

  /** Addressed by {@code COLLECTION_ID/SEGMENT_KEY}. */
  public static final TypeName SEGMENT = TypeName.typeNameOf("tidemark", "segment");

  /** Addressed by pchannel. */
  public static final TypeName CHANNEL = TypeName.typeNameOf("tidemark", "channel");

  /** Addressed by the schedule's name. */
  public static final TypeName SCHEDULE = TypeName.typeNameOf("tidemark", "schedule");

  /** The one id of a function that there is once. */
  public static final String ALL = "all";

  private Functions() {}
}
