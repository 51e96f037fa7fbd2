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

/**
 * A function whose rows are those of a collection, as it is when the query is planned, and {@code
 * score DOUBLE}. Its first argument names the collection and its last another server; both, and
 * whatever else decides the plan, must be literals.
 */
abstract class CollectionRowsFunction extends TableFunction<RowData>
    implements SpecializedFunction {
  private static final long serialVersionUID = 1L;
  private static final String DATABASE = "default";

  final Endpoint endpoint;
  final String database;

  /** Of a Tidemark on this machine, unless the call names an endpoint. */
  CollectionRowsFunction() {
    this(new Endpoint(Endpoint.DEFAULT_GRPC, Endpoint.DEFAULT_HTTP, null), DATABASE);
  }

  /**
   * @param database of collections that are named without one
   */
  CollectionRowsFunction(Endpoint endpoint, String database) {
    this.endpoint = endpoint;
    this.database = database;
  }

  abstract String name();

  abstract List<StaticArgument> arguments();

  /**
   * The function that does what a call asks for.
   *
   * @throws ValidationException naming what is wrong with the call
   * @throws TidemarkException for a column that no field can fill
   */
  abstract UserDefinedFunction planned(CallContext call, Described described);

  static StaticArgument text(String name) {
    return StaticArgument.scalar(name, DataTypes.STRING(), true);
  }

  /** The collection of a call, as the server tells. */
  record Described(Endpoint server, String collection, CollectionDescription description) {
    /**
     * @throws ValidationException if the field is no vector field
     */
    SearchTarget target(String field) {
      RowType row = FieldTypes.rowType(description.schema());
      return SearchTarget.of(
          server, collection, description, field, row.getFieldNames(), row.getChildren());
    }

    List<String> vectors() {
      return description.schema().vectorFields().stream().map(FieldSchema::name).toList();
    }
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    return TypeInference.newBuilder()
        .staticArguments(arguments())
        .outputTypeStrategy(
            call -> Optional.of(plan(call, (described, planned) -> rowType(described))))
        .build();
  }

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    return plan(context.getCallContext(), (described, planned) -> planned);
  }

  private interface Planned<T> {
    T of(Described described, UserDefinedFunction planned);
  }

  /** Asks the server, with what the call says in literals. */
  private <T> T plan(CallContext call, Planned<T> wanted) {
    String[] parts = literal(call, 0).orElseThrow(() -> notLiteral("collection")).split("\\.", 2);
    String from = parts.length == 2 ? parts[0] : database;
    String collection = parts[parts.length - 1];
    try {
      Endpoint server =
          literal(call, arguments().size() - 1)
              .map(given -> new Endpoint(given, endpoint.http(), endpoint.token()))
              .orElse(endpoint);
      Described described;
      try (TidemarkClient client = TidemarkClient.connect(server)) {
        described = new Described(server, collection, client.describe(from, collection));
      }
      return wanted.of(described, planned(call, described));
    } catch (TidemarkException e) {
      throw new ValidationException(
          name() + " of collection '" + from + "." + collection + "': " + e.getMessage(), e);
    }
  }

  /** Empty if it is left out or NULL. */
  final Optional<String> literal(CallContext call, int argument) {
    if (argument >= call.getArgumentDataTypes().size() || call.isArgumentNull(argument)) {
      return Optional.empty();
    }
    if (!call.isArgumentLiteral(argument)) {
      throw notLiteral(arguments().get(argument).getName());
    }
    return call.getArgumentValue(argument, String.class);
  }

  private ValidationException notLiteral(String argument) {
    return new ValidationException(
        name() + ": '" + argument + "' must be a literal, since it decides the columns");
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

  /** With which a search begins that has no options of a table. */
  static SearchSettings defaults() {
    return SearchSettings.of(new Configuration(), new Configuration());
  }
}
