package io.tidemark.sql.catalog;

import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.CatalogModel;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.ModelAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.ModelNotExistException;

/** CREATE MODEL and its kin: the part of the catalog that keeps models on the server. */
abstract class ModelCatalog extends UnpartitionedCatalog {
  ModelCatalog(String name, String defaultDatabase) {
    super(name, defaultDatabase);
  }

  abstract DatabaseModels models();

  abstract void requireDatabase(String database) throws DatabaseNotExistException;

  @Override
  public List<String> listModels(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    return TidemarkCatalog.asking(() -> models().list(database));
  }

  private Optional<CatalogModel> findModel(ObjectPath path) {
    return databaseExists(path.getDatabaseName())
        ? TidemarkCatalog.asking(() -> models().find(path.getDatabaseName(), path.getObjectName()))
        : Optional.empty();
  }

  @Override
  public CatalogModel getModel(ObjectPath path) throws ModelNotExistException {
    return findModel(path).orElseThrow(() -> new ModelNotExistException(getName(), path));
  }

  @Override
  public boolean modelExists(ObjectPath path) {
    return findModel(path).isPresent();
  }

  @Override
  public void createModel(ObjectPath path, CatalogModel model, boolean ignoreIfExists)
      throws ModelAlreadyExistException, DatabaseNotExistException {
    requireDatabase(path.getDatabaseName());
    if (!modelExists(path)) {
      TidemarkCatalog.doing(
          () -> models().put(path.getDatabaseName(), path.getObjectName(), model));
    } else if (!ignoreIfExists) {
      throw new ModelAlreadyExistException(getName(), path);
    }
  }

  /** With the definition as it is to be, also where single options change. */
  @Override
  public void alterModel(ObjectPath path, CatalogModel model, boolean ignoreIfNotExists)
      throws ModelNotExistException {
    if (isModelThere(path, ignoreIfNotExists)) {
      TidemarkCatalog.doing(
          () -> models().put(path.getDatabaseName(), path.getObjectName(), model));
    }
  }

  @Override
  public void renameModel(ObjectPath path, String newName, boolean ignoreIfNotExists)
      throws ModelNotExistException, ModelAlreadyExistException {
    if (isModelThere(path, ignoreIfNotExists)) {
      ObjectPath target = new ObjectPath(path.getDatabaseName(), newName);
      if (modelExists(target)) {
        throw new ModelAlreadyExistException(getName(), target);
      }
      TidemarkCatalog.doing(
          () -> models().rename(path.getDatabaseName(), path.getObjectName(), newName));
    }
  }

  @Override
  public void dropModel(ObjectPath path, boolean ignoreIfNotExists) throws ModelNotExistException {
    if (isModelThere(path, ignoreIfNotExists)) {
      TidemarkCatalog.doing(() -> models().drop(path.getDatabaseName(), path.getObjectName()));
    }
  }

  private boolean isModelThere(ObjectPath path, boolean ignoreIfNotExists)
      throws ModelNotExistException {
    boolean there = modelExists(path);
    if (!there && !ignoreIfNotExists) {
      throw new ModelNotExistException(getName(), path);
    }
    return there;
  }
}
