package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.Reasons;
import java.util.Optional;

/**
 * Creates, moves and drops aliases. An alias names a collection by id, so that it outlives a
 * rename. Thread-safe.
 */
public final class AliasChanges {
  private final ChangeContext context;
  private final CollectionDirectory directory;

  public AliasChanges(ChangeContext context) {
    this.context = context;
    this.directory = context.directory();
  }

  /**
   * @throws TidemarkException ALIAS_ALREADY_EXISTS if it names another collection,
   *     ALIAS_COLLECTION_NAME_CONFLICT, COLLECTION_NOT_FOUND, 1100
   */
  public void create(String database, String alias, String collection) {
    FieldSchema.checkName("alias", alias);
    directory.changing(() -> {
      CollectionInfo info = target(database, alias, collection);
      Optional<CollectionInfo> current = directory.aliasTarget(database, alias);
      if (current.isPresent() && current.get().id() != info.id()) {
        throw new TidemarkException(
            ErrorCode.ALIAS_ALREADY_EXISTS,
            alias
                + " is alias to another collection: "
                + current.get().name()
                + ": alias already exist[database="
                + database
                + "][alias="
                + alias
                + "]");
      }
      return write(database, alias, info);
    });
  }

  /**
   * Points an alias to another collection.
   *
   * @throws TidemarkException ALIAS_NOT_FOUND, COLLECTION_NOT_FOUND
   */
  public void alter(String database, String alias, String collection) {
    FieldSchema.checkName("alias", alias);
    directory.changing(() -> {
      CollectionInfo info = target(database, alias, collection);
      if (!directory.isAlias(database, alias)) {
        throw Reasons.aliasNotFound(database, alias);
      }
      return write(database, alias, info);
    });
  }

  private CollectionInfo target(String database, String alias, String collection) {
    CollectionInfo info = directory.require(database, collection);
    if (!info.name().equals(collection)) {
      throw Reasons.collectionNotFound(database, collection);
    }
    Optional<CollectionInfo> named = directory.find(database, alias);
    if (named.isPresent() && named.get().name().equals(alias)) {
      throw new TidemarkException(
          ErrorCode.ALIAS_COLLECTION_NAME_CONFLICT,
          "alias and collection name conflict[database=" + database + "][alias=" + alias + "]");
    }
    return info;
  }

  private CollectionInfo write(String database, String alias, CollectionInfo info) {
    context.control().put(key(database, alias), Long.toString(info.id()));
    directory.putAlias(database, alias, info.id());
    return info;
  }

  /** Nothing if there is none, as in Milvus. */
  public void drop(String database, String alias) {
    directory.changing(() -> {
      directory.requireDatabase(database);
      context.control().delete(key(database, alias));
      directory.removeAlias(database, alias);
      return alias;
    });
  }

  private static String key(String database, String alias) {
    return ControlKeys.ALIAS + database + "/" + alias;
  }
}
