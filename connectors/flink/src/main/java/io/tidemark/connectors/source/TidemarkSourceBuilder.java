package io.tidemark.connectors.source;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.Stores;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.FieldTypes;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link TidemarkSource}. Endpoint and collection must be given. Without further calls it
 * is a bounded read of every field and of everything acknowledged before. Not thread-safe.
 */
public final class TidemarkSourceBuilder {
  private @Nullable Endpoint endpoint;
  private String database = "default";
  private @Nullable String collection;
  private @Nullable Stores stores;
  private @Nullable List<SourceColumn> columns;
  private @Nullable List<String> fields;
  private boolean changelog;
  private ReadLevel level = ReadLevel.LATEST;
  private @Nullable String asOf;
  private long limit = -1;
  private @Nullable RowCondition condition;

  TidemarkSourceBuilder() {}

  public TidemarkSourceBuilder endpoint(Endpoint where) {
    endpoint = where;
    return this;
  }

  public TidemarkSourceBuilder database(String name) {
    database = name;
    return this;
  }

  /** Or an alias of it. */
  public TidemarkSourceBuilder collection(String name) {
    collection = name;
    return this;
  }

  /** Where log and lake are, if the server is not to be asked. */
  public TidemarkSourceBuilder stores(Stores where) {
    stores = where;
    return this;
  }

  /** These fields, as {@link FieldTypes} gives their types; all unless called. */
  public TidemarkSourceBuilder fields(String... names) {
    fields = List.of(names);
    return this;
  }

  /** These columns, in place of fields. */
  public TidemarkSourceBuilder columns(List<SourceColumn> wanted) {
    columns = List.copyOf(wanted);
    return this;
  }

  /** Goes on with what changes. */
  public TidemarkSourceBuilder changelog() {
    changelog = true;
    return this;
  }

  public TidemarkSourceBuilder read(ReadLevel wanted) {
    level = wanted;
    return this;
  }

  /**
   * @param moment a snapshot's name, a hybrid timestamp in decimal, or an instant such as
   *     2026-05-04T12:00:00Z
   */
  public TidemarkSourceBuilder asOf(String moment) {
    asOf = moment;
    return this;
  }

  /** Each split may end after about so many rows; bounded reads only. */
  public TidemarkSourceBuilder limit(long rows) {
    limit = rows;
    return this;
  }

  /** Leaves out rows for which it does not hold; bounded reads only. */
  public TidemarkSourceBuilder condition(RowCondition wanted) {
    condition = wanted;
    return this;
  }

  /**
   * Asks the server what the collection is like.
   *
   * @throws TidemarkException what the server says of the collection, or 1100 for a combination
   *     that cannot be read
   */
  public TidemarkSource build() {
    String name = collection;
    if (name == null) {
      throw TidemarkException.invalid("the collection must be given");
    }
    try (TidemarkClient client = TidemarkClient.connect(endpoint())) {
      return build(client.describe(database, name));
    }
  }

  /** Asks the server at most where log and lake are. */
  public TidemarkSource build(CollectionDescription description) {
    if (changelog && asOf != null) {
      throw TidemarkException.invalid(
          "a changelog begins now, not as of '" + asOf + "': only a bounded read sees the past");
    }
    if (changelog && (condition != null || limit >= 0)) {
      throw TidemarkException.invalid("a changelog has neither condition nor limit");
    }
    Stores where = stores;
    if (where == null) {
      try (TidemarkClient client = TidemarkClient.connect(endpoint())) {
        where = client.stores();
      }
    }
    return new TidemarkSource(
        new ScanSpec(
            where,
            description.id(),
            description.database() + "." + description.name(),
            description.schema(),
            columns == null ? ofFields(description) : columns,
            changelog,
            level,
            asOf,
            limit,
            condition));
  }

  private Endpoint endpoint() {
    if (endpoint == null) {
      throw TidemarkException.invalid("the endpoint must be given");
    }
    return endpoint;
  }

  private List<SourceColumn> ofFields(CollectionDescription description) {
    List<SourceColumn> made = new ArrayList<>();
    List<String> names =
        fields == null
            ? description.schema().fields().stream().map(FieldSchema::name).toList()
            : fields;
    for (String name : names) {
      FieldSchema field =
          description
              .schema()
              .field(name)
              .orElseThrow(() ->
                  TidemarkException.invalid(
                      "collection " + description.name() + " has no field '" + name + "'"));
      made.add(new SourceColumn.Field(field, FieldTypes.logicalType(field)));
    }
    return made;
  }
}
