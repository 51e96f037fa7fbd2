package io.tidemark.serving.wire;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;

/** Errors in the words that Milvus's clients, and their users' tests, match on. */
public final class Reasons {
  private Reasons() {}

  /** {@code what: invalid parameter[expected=…][actual=…]}, 1100. */
  public static TidemarkException invalid(Object expected, Object actual, String what) {
    return TidemarkException.invalid(
        what + ": invalid parameter[expected=" + expected + "][actual=" + actual + "]");
  }

  /** A feature of the protocol that this release refuses rather than gets wrong, 1100. */
  public static TidemarkException notSupportedYet(String what) {
    return TidemarkException.invalid(what + " is not supported yet by this release of Tidemark");
  }

  public static TidemarkException databaseNotFound(String database) {
    return new TidemarkException(
        ErrorCode.DATABASE_NOT_FOUND, "database not found[database=" + database + "]");
  }

  public static TidemarkException collectionNotFound(String database, Object collection) {
    return new TidemarkException(
        ErrorCode.COLLECTION_NOT_FOUND,
        "collection not found[database=" + database + "][collection=" + collection + "]");
  }

  public static TidemarkException collectionNotLoaded(String collection) {
    return new TidemarkException(
        ErrorCode.COLLECTION_NOT_LOADED,
        "collection not loaded[collection=" + collection + "], load it first");
  }

  public static TidemarkException partitionNotFound(String partition) {
    return new TidemarkException(
        ErrorCode.PARTITION_NOT_FOUND,
        "partition name "
            + partition
            + " not found: partition not found[partition="
            + partition
            + "]");
  }

  public static TidemarkException indexNotFound(String where) {
    return new TidemarkException(ErrorCode.INDEX_NOT_FOUND, "index not found" + where);
  }

  public static TidemarkException aliasNotFound(String database, String alias) {
    return new TidemarkException(
        ErrorCode.ALIAS_NOT_FOUND,
        "alias not found[database=" + database + "][alias=" + alias + "]");
  }
}
