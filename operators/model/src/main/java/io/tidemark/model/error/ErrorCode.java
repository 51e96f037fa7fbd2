package io.tidemark.model.error;

/**
 * Permanent error numbers, Milvus's own, so that its clients and their users recognise them.
 *
 * <p>{@link #legacy()} is the number of the protocol's older {@code error_code} field; clients look
 * at both.
 */
public enum ErrorCode {
  SERVICE_NOT_READY(1, 1, true, Origin.SYSTEM),
  MEMORY_LIMIT(3, 52, false, Origin.SYSTEM),
  QUOTA_EXCEEDED(7, 48, true, Origin.SYSTEM),
  RATE_LIMIT(8, 49, true, Origin.SYSTEM),
  UNSUPPORTED(10, 1, false, Origin.INPUT),
  COLLECTION_NOT_FOUND(100, 4, false, Origin.INPUT),
  COLLECTION_NOT_LOADED(101, 1, false, Origin.INPUT),
  SCHEMA_MISMATCH(109, 62, true, Origin.INPUT),
  PARTITION_NOT_FOUND(200, 15, false, Origin.INPUT),
  PARTITION_NOT_FULLY_LOADED(202, 1, true, Origin.INPUT),
  INDEX_NOT_FOUND(700, 25, false, Origin.INPUT),
  INDEX_UNSUPPORTED(701, 1, false, Origin.INPUT),
  DATABASE_NOT_FOUND(800, 1, false, Origin.INPUT),
  /** Parameter wrong in a way the message explains. */
  INVALID_PARAMETER(1100, 5, false, Origin.INPUT),
  MISSING_PARAMETER(1101, 5, false, Origin.INPUT),
  UNAUTHENTICATED(1400, 1, false, Origin.INPUT),
  PERMISSION_DENIED(1401, 1, false, Origin.INPUT),
  ALIAS_NOT_FOUND(1600, 1, false, Origin.INPUT),
  ALIAS_COLLECTION_NAME_CONFLICT(1601, 1, false, Origin.INPUT),
  ALIAS_ALREADY_EXISTS(1602, 1, false, Origin.INPUT),
  FIELD_NOT_FOUND(1700, 1, false, Origin.INPUT),
  QUERY_PLAN(2201, 1, false, Origin.INPUT),
  UNEXPECTED(65535, 1, false, Origin.SYSTEM);

  /** Whose doing the error is. */
  public enum Origin {
    INPUT,
    SYSTEM
  }

  private final int code;
  private final int legacy;
  private final boolean retriable;
  private final Origin origin;

  ErrorCode(int code, int legacy, boolean retriable, Origin origin) {
    this.code = code;
    this.legacy = legacy;
    this.retriable = retriable;
    this.origin = origin;
  }

  /** Milvus's number, permanent. */
  public int code() {
    return code;
  }

  /** The number of the protocol's deprecated {@code error_code} enum. */
  public int legacy() {
    return legacy;
  }

  /** Whether the same request may succeed later. */
  public boolean retriable() {
    return retriable;
  }

  public Origin origin() {
    return origin;
  }
}
