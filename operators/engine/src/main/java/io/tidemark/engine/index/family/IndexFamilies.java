package io.tidemark.engine.index.family;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.band.MinHashLsh;
import io.tidemark.engine.index.flat.FlatFamily;
import io.tidemark.engine.index.graph.DiskAnn;
import io.tidemark.engine.index.graph.GraphFamily;
import io.tidemark.engine.index.graph.HnswProduct;
import io.tidemark.engine.index.graph.HnswSq;
import io.tidemark.engine.index.ivf.BinIvfFlat;
import io.tidemark.engine.index.ivf.IvfFlat;
import io.tidemark.engine.index.ivf.IvfPq;
import io.tidemark.engine.index.ivf.IvfRabitq;
import io.tidemark.engine.index.ivf.IvfSq8;
import io.tidemark.engine.index.ivf.Scann;
import io.tidemark.engine.index.sparse.SparseFamily;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** All families of vector indexes: a new one gets a package and a line here. */
public final class IndexFamilies {
  private static final BinIvfFlat BIN_IVF_FLAT = new BinIvfFlat();
  private static final List<IndexFamily> ALL =
      List.of(
          FlatFamily.FLAT,
          new AutoFamily(List.of(GraphFamily.HNSW, BIN_IVF_FLAT, SparseFamily.INVERTED)),
          GraphFamily.HNSW,
          new HnswSq(),
          HnswProduct.ofOneLevel(),
          HnswProduct.ofLevels(),
          new DiskAnn(),
          new IvfFlat(),
          new IvfSq8(),
          new IvfPq(),
          new IvfRabitq(),
          new Scann(),
          FlatFamily.BIN_FLAT,
          BIN_IVF_FLAT,
          new MinHashLsh(),
          SparseFamily.INVERTED,
          SparseFamily.WAND);

  private static final Map<IndexType, IndexFamily> BY_TYPE = new EnumMap<>(IndexType.class);

  static {
    ALL.forEach(family -> BY_TYPE.put(family.type(), family));
  }

  private IndexFamilies() {}

  /** In the order of the docs. */
  public static List<IndexFamily> all() {
    return ALL;
  }

  /** The family of a type; every type has one. */
  public static IndexFamily of(IndexType type) {
    return Objects.requireNonNull(BY_TYPE.get(type), () -> "no family of type " + type);
  }

  /** As {@link IndexFamily#query}. */
  public static QueryVector query(QueryVector given, IndexDefinition index) {
    return of(index.type()).query(given, index.parameters());
  }

  /**
   * Whether an index may be made on a field.
   *
   * @throws TidemarkException 1100 if its type does not take the field's vectors or its metric, or
   *     a parameter is no number, or out of its range, or does not fit the dimension
   */
  public static void check(IndexDefinition index, FieldSchema field) {
    IndexFamily family = of(index.type());
    Set<Metric> metrics = family.metrics(field.type());
    if (metrics.isEmpty()) {
      throw TidemarkException.invalid(
          "data type "
              + wireName(field.type())
              + " can't build with this index "
              + index.type()
              + ", field "
              + field.name()
              + " takes one of "
              + ALL.stream()
                  .filter(other -> !other.metrics(field.type()).isEmpty())
                  .map(IndexFamily::type)
                  .toList());
    }
    if (!metrics.contains(index.metric())) {
      throw TidemarkException.invalid(
          "metric type "
              + index.metric()
              + " not found or not supported, supported: "
              + metrics.stream().map(Metric::name).collect(Collectors.joining(" ", "[", "]")));
    }
    family.checkBuild(index.parameters(), field.dimension());
  }

  /** FLOAT_VECTOR is FloatVector on the wire. */
  private static String wireName(DataType type) {
    StringBuilder name = new StringBuilder();
    for (String word : type.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return name.toString();
  }
}
