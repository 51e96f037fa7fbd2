package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import java.util.Optional;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.jspecify.annotations.Nullable;

/**
 * What a name in the catalog stands for. Asks the catalog each time, reads a metadata file only
 * when it is another than last time. Thread-safe.
 */
final class CollectionHandle {
  private final Catalog catalog;
  private final TableIdentifier identifier;
  private @Nullable Table table;
  private @Nullable String location;
  private Optional<CollectionInfo> info = Optional.empty();

  CollectionHandle(Catalog catalog, TableIdentifier identifier) {
    this.catalog = catalog;
    this.identifier = identifier;
  }

  /** Empty if there is no such table, or it is no collection's. */
  synchronized Optional<CollectionInfo> current() {
    TableMetadata metadata = metadata();
    if (metadata == null) {
      info = Optional.empty();
      location = null;
    } else if (!metadata.metadataFileLocation().equals(location)) {
      info =
          CollectionProperties.describesCollection(metadata.properties())
              ? Optional.of(
                  CollectionProperties.decode(
                      identifier.namespace().level(0), identifier.name(), metadata.properties()))
              : Optional.empty();
      location = metadata.metadataFileLocation();
    }
    return info;
  }

  private @Nullable TableMetadata metadata() {
    Table known = table;
    if (known != null) {
      try {
        known.refresh();
        return LakeTable.metadata(known);
      } catch (NoSuchTableException e) {
        table = null;
        return null;
      } catch (IllegalStateException e) {
        // The name stands for another table now, with another uuid: load that.
        table = null;
      }
    }
    try {
      Table loaded = catalog.loadTable(identifier);
      if (!(loaded instanceof BaseTable)) {
        return null;
      }
      table = loaded;
      return LakeTable.metadata(loaded);
    } catch (NoSuchTableException e) {
      return null;
    }
  }
}
