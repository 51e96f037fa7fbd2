package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.CollectionCalls;
import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.table.TidemarkOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.Column.MetadataColumn;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.util.TimeUtils;

/**
 * What ALTER TABLE asks for, as calls to the server. All changes of a statement are checked before
 * the first is done.
 *
 * <p>Options about a column that is not there yet ({@code dim.w}) are kept until it is added, since
 * ALTER TABLE … ADD takes no options.
 */
final class TableAlteration {
  private final CollectionDescription collection;
  private final Map<String, String> current;
  private final List<FieldSchema> added = new ArrayList<>();
  private final List<IndexRequest> indexes = new ArrayList<>();
  private final Map<String, String> set = new TreeMap<>();
  private final Set<String> delete = new TreeSet<>();
  private final Set<String> reindexed = new LinkedHashSet<>();
  private final Map<String, String> options;

  /**
   * @param current options of the table as it is
   */
  private TableAlteration(CollectionDescription collection, Map<String, String> current) {
    this.collection = collection;
    this.current = current;
    this.options = new HashMap<>(current);
  }

  /**
   * @throws ValidationException for what a collection cannot do, with the way out
   */
  static TableAlteration of(
      CollectionDescription collection, Map<String, String> current, List<TableChange> changes) {
    TableAlteration alteration = new TableAlteration(collection, current);
    // Options first: those of a new column may stand behind it.
    for (TableChange change : changes) {
      switch (change) {
        case TableChange.SetOption option -> alteration.set(option.getKey(), option.getValue());
        case TableChange.ResetOption option -> alteration.reset(option.getKey());
        default -> {}
      }
    }
    for (TableChange change : changes) {
      switch (change) {
        case TableChange.SetOption option -> {}
        case TableChange.ResetOption option -> {}
        case TableChange.AddColumn column -> alteration.add(column);
        case TableChange.DropColumn column -> alteration.drop(column.getColumnName());
        default -> throw refused(change);
      }
    }
    alteration.reindex();
    return alteration;
  }

  private static ValidationException refused(TableChange change) {
    return switch (change) {
      case TableChange.ModifyColumnName column ->
          new ValidationException(
              "column '"
                  + column.getOldColumnName()
                  + "' cannot be renamed, a field keeps its name: select it AS '"
                  + column.getNewColumnName()
                  + "' in a view");
      case TableChange.ModifyColumn column ->
          new ValidationException(
              "column '"
                  + column.getOldColumn().getName()
                  + "' cannot be changed, a field keeps type, comment and place: add another column"
                  + " and fill it, or CREATE TABLE … AS SELECT");
      case TableChange.ModifyTableComment comment ->
          new ValidationException(
              "the comment of a collection cannot be changed after it was created");
      default ->
          new ValidationException(
              "a collection cannot take the change "
                  + change
                  + "; columns can be added, options set and reset, the table renamed");
    };
  }

  private void set(String key, String value) {
    KeptOptions.check(key);
    Optional<ColumnOption> ofColumn = ColumnOption.of(key);
    if (Objects.equals(current.get(key), value)) {
      return;
    }
    if (ofColumn.isPresent()) {
      setOfColumn(key, value, ofColumn.get());
    } else if (key.equals(TidemarkOptions.TTL.key())) {
      try {
        set.put(
            DescribedTable.TTL_PROPERTY,
            String.valueOf(TimeUtils.parseDuration(value).toSeconds()));
      } catch (IllegalArgumentException e) {
        throw new ValidationException(
            "option 'ttl' is '" + value + "', expected a duration such as '7 d'", e);
      }
    } else if (key.startsWith(TidemarkOptions.PROPERTY_PREFIX)) {
      set.put(key.substring(TidemarkOptions.PROPERTY_PREFIX.length()), value);
    } else if (KeptOptions.isAttribute(key)) {
      throw fixed(key, value);
    } else {
      set.put(KeptOptions.PREFIX + key, value);
    }
  }

  private ValidationException fixed(String key, String value) {
    return new ValidationException(
        "option '"
            + key
            + "' cannot be changed to '"
            + value
            + "'"
            + (current.containsKey(key) ? " from '" + current.get(key) + "'" : "")
            + ", it is fixed when a collection is created: CREATE TABLE … AS SELECT makes another");
  }

  private void setOfColumn(String key, String value, ColumnOption option) {
    Optional<FieldSchema> field = collection.schema().field(option.column());
    options.put(key, value);
    if (field.isEmpty()) {
      set.put(KeptOptions.PREFIX + key, value);
    } else if (option.isOfIndex()) {
      reindexed.add(option.column());
    } else {
      throw fixed(key, value);
    }
  }

  /** An index on a field that has none; others are replaced by a job, while searches go on. */
  private void reindex() {
    for (String column : reindexed) {
      FieldSchema field = collection.schema().field(column).orElseThrow();
      IndexRequest request = IndexRequest.of(field, options).orElseThrow();
      Optional<IndexDefinition> existing = collection.indexOn(column);
      boolean taken =
          existing.isPresent()
              || (!field.type().isVector()
                  && current.containsKey(TidemarkOptions.INDEX_PREFIX + column));
      if (taken && existing.filter(request::isLike).isEmpty()) {
        throw new ValidationException(
            "column '"
                + column
                + "' has an index, "
                + existing.map(DescribedTable::options).map(Object::toString).orElse("")
                + ": CALL sys.reindex puts another in its place while searches go on; for another metric"
                + " drop the index with an SDK first");
      }
      if (!taken) {
        indexes.add(request);
      }
    }
  }

  private void reset(String key) {
    if (key.equals(TidemarkOptions.TTL.key())) {
      delete.add(DescribedTable.TTL_PROPERTY);
    } else if (key.startsWith(TidemarkOptions.PROPERTY_PREFIX)) {
      delete.add(key.substring(TidemarkOptions.PROPERTY_PREFIX.length()));
    } else if (collection.properties().containsKey(KeptOptions.PREFIX + key)) {
      delete.add(KeptOptions.PREFIX + key);
      options.remove(key);
    } else if (current.containsKey(key)) {
      throw new ValidationException(
          "option '" + key + "' cannot be reset, it is fixed when a collection is created");
    }
  }

  private void add(TableChange.AddColumn change) {
    Column column = change.getColumn();
    if (change.getPosition() != null) {
      throw new ValidationException(
          "column '"
              + column.getName()
              + "' can only be added at the end: leave FIRST or AFTER out");
    }
    if (column instanceof MetadataColumn) {
      List<String> shown = shown();
      shown.addAll(MetadataColumns.kept(List.of(column)));
      set.put(KeptOptions.METADATA_COLUMNS, String.join(",", shown));
      return;
    }
    if (!column.isPhysical()) {
      throw new ValidationException(
          "column '"
              + column.getName()
              + "' is computed, which a collection cannot keep: declare it in a temporary view");
    }
    if (!column.getDataType().getLogicalType().isNullable()) {
      throw new ValidationException(
          "column '"
              + column.getName()
              + "' is NOT NULL, but rows that are there lack it: declare it nullable");
    }
    FieldSchema field =
        nullable(FieldDefinition.of(column, options, FieldSchema.FIRST_ID, false, false));
    added.add(field);
    IndexRequest.of(field, options).ifPresent(indexes::add);
    for (String key : collection.properties().keySet()) {
      if (key.startsWith(KeptOptions.PREFIX)
          && ColumnOption.of(key.substring(KeptOptions.PREFIX.length()))
              .filter(option -> option.column().equals(field.name()))
              .isPresent()) {
        delete.add(key);
      }
    }
  }

  /** A vector too: rows of before have none. */
  private static FieldSchema nullable(FieldSchema field) {
    return new FieldSchema(
        field.id(),
        field.name(),
        field.type(),
        field.description(),
        false,
        false,
        true,
        false,
        false,
        field.dimension(),
        field.type() == DataType.VARCHAR ? field.maxLength() : 0,
        field.defaultValue(),
        field.parameters());
  }

  private void drop(String column) {
    List<String> shown = shown();
    if (!shown.remove(column)) {
      throw new ValidationException(
          "column '"
              + column
              + "' cannot be dropped, a collection keeps its fields: leave it out of a view");
    }
    if (shown.isEmpty()) {
      set.remove(KeptOptions.METADATA_COLUMNS);
      delete.add(KeptOptions.METADATA_COLUMNS);
    } else {
      set.put(KeptOptions.METADATA_COLUMNS, String.join(",", shown));
    }
  }

  /** Metadata columns as the changes so far leave them. */
  private List<String> shown() {
    if (delete.remove(KeptOptions.METADATA_COLUMNS)) {
      return new ArrayList<>();
    }
    Map<String, String> properties = new HashMap<>(collection.properties());
    properties.putAll(set);
    return new ArrayList<>(MetadataColumns.kept(properties));
  }

  /** The schema that comes of it, for its checks. */
  private void checkSchema() {
    CollectionSchema schema = collection.schema();
    for (FieldSchema field : added) {
      schema = schema.withField(field);
    }
  }

  void apply(CollectionCalls collections) {
    checkSchema();
    String database = collection.database();
    String name = collection.name();
    added.forEach(field -> collections.addField(database, name, field));
    indexes.forEach(index -> index.create(collections, database, name));
    delete.removeAll(set.keySet());
    if (!set.isEmpty() || !delete.isEmpty()) {
      collections.alter(database, name, set, delete);
    }
    boolean searchable =
        collection.schema().vectorFields().stream()
            .allMatch(field ->
                collection.indexOn(field.name()).isPresent()
                    || indexes.stream().anyMatch(index -> index.field().equals(field.name())));
    if (!indexes.isEmpty() && searchable && !collections.isLoadWanted(database, name)) {
      collections.load(database, name);
    }
  }
}
