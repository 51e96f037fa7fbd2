package io.tidemark.sql.search;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.FieldTypes;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.StaticArgument;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.jspecify.annotations.Nullable;

/**
 * {@code TIDEMARK_SEARCH(collection, query, k, expr, radius, range_filter, params, field,
 * endpoint)}: the k rows of a collection nearest to a vector, for {@code LATERAL TABLE(…)}. Where
 * VECTOR_SEARCH has its filter and range once for the query, here they are values of each row.
 *
 * <p>Its rows have the collection's columns, as it is when the query is planned, and {@code score
 * DOUBLE}; so collection, field and endpoint must be literals. All from {@code expr} on may be left
 * out: by name, or with NULL.
 */
public final class TidemarkSearchFunction extends TableFunction<RowData>
    implements SpecializedFunction {
  public static final String NAME = "TIDEMARK_SEARCH";

  private static final long serialVersionUID = 1L;
  private static final String DATABASE = "default";

  private static final List<StaticArgument> ARGUMENTS =
      List.of(
          StaticArgument.scalar("collection", DataTypes.STRING().notNull(), false),
          StaticArgument.scalar(
              "query", DataTypes.ARRAY(DataTypes.FLOAT()).bridgedTo(ArrayData.class), false),
          StaticArgument.scalar("k", DataTypes.INT().notNull(), false),
          text("expr"),
          StaticArgument.scalar("radius", DataTypes.DOUBLE(), true),
          StaticArgument.scalar("range_filter", DataTypes.DOUBLE(), true),
          text("params"),
          text("field"),
          text("endpoint"));
  private static final int FIELD = 7;
  private static final int ENDPOINT = 8;

  private final Endpoint endpoint;
  private final String database;
  private final @Nullable SearchTarget target;
  private transient @Nullable SearchCall search;

  /** Of a Tidemark on this machine, unless the call names an endpoint. */
  public TidemarkSearchFunction() {
    this(new Endpoint(Endpoint.DEFAULT_GRPC, Endpoint.DEFAULT_HTTP, null), DATABASE);
  }

  /**
   * @param database of collections that are named without one
   */
  public TidemarkSearchFunction(Endpoint endpoint, String database) {
    this(endpoint, database, null);
  }

  private TidemarkSearchFunction(
      Endpoint endpoint, String database, @Nullable SearchTarget target) {
    this.endpoint = endpoint;
    this.database = database;
    this.target = target;
  }

  private static StaticArgument text(String name) {
    return StaticArgument.scalar(name, DataTypes.STRING(), true);
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    return TypeInference.newBuilder()
        .staticArguments(ARGUMENTS)
        .outputTypeStrategy(call -> Optional.of(rowType(described(call))))
        .build();
  }

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    Described described = described(context.getCallContext());
    return new TidemarkSearchFunction(endpoint, database, described.target());
  }

  private record Described(CollectionDescription description, SearchTarget target) {}

  /** Asks the server, with what the call says in literals. */
  private Described described(CallContext call) {
    String[] name = literal(call, 0).orElseThrow(() -> notLiteral("collection")).split("\\.", 2);
    String from = name.length == 2 ? name[0] : database;
    String collection = name[name.length - 1];
    try {
      Endpoint server =
          literal(call, ENDPOINT)
              .map(given -> new Endpoint(given, endpoint.http(), endpoint.token()))
              .orElse(endpoint);
      CollectionDescription description;
      try (TidemarkClient client = TidemarkClient.connect(server)) {
        description = client.describe(from, collection);
      }
      String field = literal(call, FIELD).orElseGet(() -> onlyVector(description));
      RowType row = FieldTypes.rowType(description.schema());
      return new Described(
          description,
          SearchTarget.of(
              server, collection, description, field, row.getFieldNames(), row.getChildren()));
    } catch (TidemarkException e) {
      throw new ValidationException(
          NAME + " of collection '" + from + "." + collection + "': " + e.getMessage(), e);
    }
  }

  private static Optional<String> literal(CallContext call, int argument) {
    if (argument >= call.getArgumentDataTypes().size() || call.isArgumentNull(argument)) {
      return Optional.empty();
    }
    if (!call.isArgumentLiteral(argument)) {
      throw notLiteral(ARGUMENTS.get(argument).getName());
    }
    return call.getArgumentValue(argument, String.class);
  }

  private static ValidationException notLiteral(String argument) {
    return new ValidationException(
        NAME + ": '" + argument + "' must be a literal, since it decides the columns");
  }

  private static String onlyVector(CollectionDescription description) {
    List<FieldSchema> vectors = description.schema().vectorFields();
    if (vectors.size() > 1) {
      throw new ValidationException(
          NAME
              + ": collection '"
              + description.name()
              + "' has several vector fields, name one by field => '…': "
              + vectors.stream().map(FieldSchema::name).toList());
    }
    return vectors.getFirst().name();
  }

  private static DataType rowType(Described described) {
    RowType fields = FieldTypes.rowType(described.description().schema());
    List<DataTypes.Field> columns = new ArrayList<>();
    for (RowType.RowField field : fields.getFields()) {
      LogicalType type = field.getType();
      columns.add(DataTypes.FIELD(field.getName(), TypeConversions.fromLogicalToDataType(type)));
    }
    columns.add(DataTypes.FIELD("score", DataTypes.DOUBLE().notNull()));
    return DataTypes.ROW(columns).bridgedTo(RowData.class);
  }

  /** A NULL query has no neighbours; a search that fails fails the job. */
  public void eval(
      String collection,
      @Nullable ArrayData query,
      Integer limit,
      @Nullable String expr,
      @Nullable Double radius,
      @Nullable Double rangeFilter,
      @Nullable String params,
      @Nullable String field,
      @Nullable String server) {
    if (query == null) {
      return;
    }
    if (target == null) {
      throw new IllegalStateException("called before it was planned");
    }
    if (search == null) {
      search = new SearchCall(target, SearchSettings.of(new Configuration(), new Configuration()));
    }
    search.rows(query, limit, expr, radius, rangeFilter, params).forEach(this::collect);
  }

  @Override
  public void close() {
    if (search != null) {
      search.close();
    }
  }
}
