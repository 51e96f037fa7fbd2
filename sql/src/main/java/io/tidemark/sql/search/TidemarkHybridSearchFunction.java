package io.tidemark.sql.search;

import io.tidemark.connectors.client.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.StaticArgument;
import org.jspecify.annotations.Nullable;

/**
 * {@code TIDEMARK_HYBRID_SEARCH(collection, queries, k, fields, ranker, weights, expr, params,
 * endpoint)}: the k rows of a collection that are best in several vector searches together, one per
 * field, for {@code LATERAL TABLE(…)}.
 *
 * <p>Collection, fields, ranker and endpoint must be literals. All from {@code fields} on may be
 * left out: by name, or with NULL.
 */
public final class TidemarkHybridSearchFunction extends CollectionRowsFunction {
  public static final String NAME = "TIDEMARK_HYBRID_SEARCH";

  private static final long serialVersionUID = 1L;

  private static final int FIELDS = 3;
  private static final int RANKER = 4;
  private static final int WEIGHTS = 5;

  private final List<SearchTarget> targets;
  private final Ranker ranker;
  private final DataType weight;
  private transient @Nullable HybridCall search;

  /** Of a Tidemark on this machine, unless the call names an endpoint. */
  public TidemarkHybridSearchFunction() {
    targets = List.of();
    ranker = Ranker.RRF;
    weight = DataTypes.DOUBLE();
  }

  /**
   * @param database of collections that are named without one
   */
  public TidemarkHybridSearchFunction(Endpoint endpoint, String database) {
    this(endpoint, database, List.of(), Ranker.RRF, DataTypes.DOUBLE());
  }

  private TidemarkHybridSearchFunction(
      Endpoint endpoint,
      String database,
      List<SearchTarget> targets,
      Ranker ranker,
      DataType weight) {
    super(endpoint, database);
    this.targets = List.copyOf(targets);
    this.ranker = ranker;
    this.weight = weight;
  }

  /** How hits are fused; the names are the protocol's, in capitals. */
  enum Ranker {
    RRF,
    WEIGHTED;

    static Ranker parse(String name) {
      return Stream.of(values())
          .filter(ranker -> ranker.wireName().equalsIgnoreCase(name.strip()))
          .findFirst()
          .orElseThrow(() ->
              new ValidationException(
                  NAME + ": ranker is '" + name + "', expected 'rrf' or 'weighted'"));
    }

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  String name() {
    return NAME;
  }

  @Override
  List<StaticArgument> arguments() {
    return List.of(
        StaticArgument.scalar("collection", DataTypes.STRING().notNull(), false),
        StaticArgument.scalar(
            "queries",
            DataTypes.ARRAY(DataTypes.ARRAY(DataTypes.FLOAT())).bridgedTo(ArrayData.class),
            false),
        StaticArgument.scalar("k", DataTypes.INT().notNull(), false),
        text("fields"),
        text("ranker"),
        StaticArgument.scalar("weights", DataTypes.ARRAY(weight).bridgedTo(ArrayData.class), true),
        text("expr"),
        text("params"),
        text("endpoint"));
  }

  @Override
  UserDefinedFunction planned(CallContext call, Described described) {
    List<String> fields =
        literal(call, FIELDS)
            .map(names -> Stream.of(names.split(",")).map(String::strip).toList())
            .orElseGet(described::vectors);
    Ranker asked = literal(call, RANKER).map(Ranker::parse).orElse(Ranker.RRF);
    boolean weights = WEIGHTS < call.getArgumentDataTypes().size() && !call.isArgumentNull(WEIGHTS);
    if (weights != (asked == Ranker.WEIGHTED)) {
      throw new ValidationException(
          NAME
              + ": ranker '"
              + asked.wireName()
              + (weights ? "' takes no weights" : "' needs weights => ARRAY[…], one for each field")
              + ", expected ranker => 'rrf' without or 'weighted' with them");
    }
    return new TidemarkHybridSearchFunction(
        endpoint,
        database,
        fields.stream().map(described::target).toList(),
        asked,
        weights ? element(call.getArgumentDataTypes().get(WEIGHTS)) : weight);
  }

  /** Flink lets decimals pass for doubles in an array and then does not cast them. */
  private static DataType element(DataType array) {
    return array.getChildren().getFirst().toInternal();
  }

  /** Fields without a query are left out; a search that fails fails the job. */
  public void eval(
      String collection,
      @Nullable ArrayData queries,
      Integer limit,
      @Nullable String fields,
      @Nullable String rankerName,
      @Nullable ArrayData weights,
      @Nullable String expr,
      @Nullable String params,
      @Nullable String server) {
    if (queries == null) {
      return;
    }
    if (targets.isEmpty()) {
      throw new IllegalStateException("called before it was planned");
    }
    if (search == null) {
      search = new HybridCall(targets, ranker, defaults());
    }
    search
        .rows(queries, limit, weights == null ? null : numbers(weights), expr, params)
        .forEach(this::collect);
  }

  /** With null for NULL. */
  private List<@Nullable Double> numbers(ArrayData array) {
    ArrayData.ElementGetter elements = ArrayData.createElementGetter(weight.getLogicalType());
    List<@Nullable Double> numbers = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      Object value = elements.getElementOrNull(array, i);
      numbers.add(
          switch (value) {
            case null -> null;
            case DecimalData decimal -> decimal.toBigDecimal().doubleValue();
            case Number number -> number.doubleValue();
            default -> throw new IllegalStateException("a weight of " + value.getClass());
          });
    }
    return numbers;
  }

  @Override
  public void close() {
    if (search != null) {
      search.close();
    }
  }
}
