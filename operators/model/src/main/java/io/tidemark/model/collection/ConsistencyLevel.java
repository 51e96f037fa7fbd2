package io.tidemark.model.collection;

/** Milvus's consistency levels, with their numbers on the wire by {@link #ordinal()}. */
public enum ConsistencyLevel {
  STRONG,
  SESSION,
  BOUNDED,
  EVENTUALLY,
  CUSTOMIZED;

  public static ConsistencyLevel ofNumber(int number) {
    return number >= 0 && number < values().length ? values()[number] : BOUNDED;
  }
}
