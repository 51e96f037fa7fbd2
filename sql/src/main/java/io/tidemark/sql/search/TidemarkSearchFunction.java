package io.tidemark.sql.search;

import io.tidemark.connectors.client.Endpoint;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.StaticArgument;
import org.jspecify.annotations.Nullable;

/**
 * {@code TIDEMARK_SEARCH(collection, query, k, expr, radius, range_filter, params, field,
 * endpoint)}: the k rows of a collection nearest to a vector, for {@code LATERAL TABLE(…)}. Where
 * VECTOR_SEARCH has its filter and range once for the query, here they are values of each row.
 *
 * <p>Collection, field and endpoint must be literals. All from {@code expr} on may be left out: by
 * name, or with NULL.
 */
public final class TidemarkSearchFunction extends CollectionRowsFunction {
  public static final String NAME = "TIDEMARK_SEARCH";

  private static final long serialVersionUID = 1L;

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

  private final @Nullable SearchTarget target;
  private transient @Nullable SearchCall search;

  /** Of a Tidemark on this machine, unless the call names an endpoint. */
  public TidemarkSearchFunction() {
    target = null;
  }

  /**
   * @param database of collections that are named without one
   */
  public TidemarkSearchFunction(Endpoint endpoint, String database) {
    this(endpoint, database, null);
  }

  private TidemarkSearchFunction(
      Endpoint endpoint, String database, @Nullable SearchTarget target) {
    super(endpoint, database);
    this.target = target;
  }

  @Override
  String name() {
    return NAME;
  }

  @Override
  List<StaticArgument> arguments() {
    return ARGUMENTS;
  }

  @Override
  UserDefinedFunction planned(CallContext call, Described described) {
    String field = literal(call, FIELD).orElseGet(() -> onlyVector(described));
    return new TidemarkSearchFunction(endpoint, database, described.target(field));
  }

  private static String onlyVector(Described described) {
    List<String> vectors = described.vectors();
    if (vectors.size() > 1) {
      throw new ValidationException(
          NAME
              + ": collection '"
              + described.description().name()
              + "' has several vector fields, name one by field => '…': "
              + vectors);
    }
    return vectors.getFirst();
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
      search = new SearchCall(target, defaults());
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
