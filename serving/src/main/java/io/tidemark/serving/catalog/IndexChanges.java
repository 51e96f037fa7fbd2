package io.tidemark.serving.catalog;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.JsonDocuments;
import io.tidemark.serving.wire.Reasons;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Creates, alters and drops indexes. Thread-safe. */
public final class IndexChanges {
  static final String TYPE = "index_type";
  static final String METRIC = "metric_type";

  private static final String PARAMS = "params";
  private static final String DIMENSION = "dim";

  private final ChangeContext context;
  private final LoadStates loads;

  public IndexChanges(ChangeContext context, LoadStates loads) {
    this.context = context;
    this.loads = loads;
  }

  /**
   * Creates an index; one that is the same is left as it is.
   *
   * @param name empty for the field's name
   * @param given index_type, metric_type and the type's parameters, flat or as JSON under {@code
   *     params}
   * @throws TidemarkException 1100, COLLECTION_NOT_FOUND
   */
  public void create(
      String database,
      String collection,
      String fieldName,
      String name,
      Map<String, String> given) {
    context
        .directory()
        .changing(() -> {
          CollectionInfo known = context.directory().require(database, collection);
          return context.change(known, info -> with(info, fieldName, name, given));
        });
  }

  private CollectionInfo with(
      CollectionInfo info, String fieldName, String name, Map<String, String> given) {
    FieldSchema field =
        info.schema()
            .field(fieldName)
            .filter(f -> !f.dynamic())
            .orElseThrow(() ->
                TidemarkException.invalid("cannot create index on non-exist field: " + fieldName));
    Map<String, String> parameters = flat(given);
    String type = parameters.getOrDefault(TYPE, "").trim();
    String metric = parameters.getOrDefault(METRIC, "").trim();
    parameters.keySet().removeAll(List.of(TYPE, METRIC, DIMENSION));
    String indexName =
        name.isEmpty() ? defaultName(info, field) : FieldSchema.checkName("index", name);
    return field.type().isVector()
        ? createVector(info, field, indexName, type, metric, parameters)
        : createScalar(info, field, indexName, type, parameters);
  }

  private static Map<String, String> flat(Map<String, String> given) {
    Map<String, String> flat = new HashMap<>(given);
    String params = flat.remove(PARAMS);
    if (params != null && !params.isBlank()) {
      flat.putAll(JsonDocuments.flat(params, "index parameter 'params'"));
    }
    return flat;
  }

  private static String defaultName(CollectionInfo info, FieldSchema field) {
    return info.indexOn(field.id())
        .map(IndexDefinition::name)
        .or(() ->
            IndexDirectory.scalars(info).stream()
                .filter(s -> s.fieldId() == field.id())
                .map(ScalarIndex::name)
                .findFirst())
        .orElse(field.name());
  }

  private CollectionInfo createVector(
      CollectionInfo info,
      FieldSchema field,
      String name,
      String typeName,
      String metricName,
      Map<String, String> parameters) {
    IndexType type = typeName.isEmpty() ? IndexType.AUTOINDEX : IndexType.parse(typeName);
    Metric metric =
        metricName.isEmpty() ? Metric.ofVectors(field.type()) : Metric.parse(metricName);
    long id = context.log().allocate();
    IndexDefinition wanted =
        new IndexDefinition(id, field.id(), field.name(), name, type, metric, parameters);
    IndexFamilies.check(wanted, field);
    Optional<IndexDefinition> existing = info.indexOn(field.id());
    if (existing.isPresent()) {
      IndexDefinition old = existing.get();
      if (old.equals(
          new IndexDefinition(
              old.id(), field.id(), field.name(), name, type, metric, parameters))) {
        return info;
      }
      throw TidemarkException.invalid(
          "CreateIndex failed: at most one distinct index is allowed per field, field "
              + field.name()
              + " has "
              + old.name()
              + " of type "
              + old.type()
              + ", drop it first");
    }
    checkNameIsFree(info, name);
    List<IndexDefinition> indexes = new ArrayList<>(info.indexes());
    indexes.add(wanted);
    return info.withIndexes(indexes);
  }

  private CollectionInfo createScalar(
      CollectionInfo info,
      FieldSchema field,
      String name,
      String type,
      Map<String, String> parameters) {
    ScalarIndex.check(field, type);
    ScalarIndex wanted =
        new ScalarIndex(context.log().allocate(), field.id(), field.name(), name, type, parameters);
    for (ScalarIndex old : IndexDirectory.scalars(info)) {
      boolean sameField = old.fieldId() == field.id();
      if (sameField
          && old.name().equals(name)
          && old.type().equals(type)
          && old.parameters().equals(wanted.parameters())) {
        return info;
      }
      if (sameField && old.parameters().equals(wanted.parameters())) {
        throw TidemarkException.invalid(
            "CreateIndex failed: at most one distinct index is allowed per field, field "
                + field.name()
                + " has "
                + old.name()
                + ", drop it first");
      }
    }
    checkNameIsFree(info, name);
    Map<String, String> properties = new HashMap<>(info.properties());
    properties.put(wanted.property(), wanted.text());
    return info.withProperties(properties);
  }

  private static void checkNameIsFree(CollectionInfo info, String name) {
    if (!IndexDirectory.named(info, name).isEmpty()) {
      throw TidemarkException.invalid(
          "CreateIndex failed: index " + name + " exists on another field, choose another name");
    }
  }

  /**
   * Drops an index; nothing if there is none.
   *
   * @param name empty for all of the field's, or of the collection's if that is empty too
   * @throws TidemarkException 1100 for a vector index of a loaded collection
   */
  public void drop(String database, String collection, String fieldName, String name) {
    context
        .directory()
        .changing(() -> {
          CollectionInfo known = context.directory().require(database, collection);
          return context.change(known, info -> without(info, fieldName, name));
        });
  }

  private CollectionInfo without(CollectionInfo info, String fieldName, String name) {
    List<IndexDirectory.Entry> doomed =
        (name.isEmpty() ? IndexDirectory.all(info) : IndexDirectory.named(info, name))
            .stream()
                .filter(
                    e -> !name.isEmpty() || fieldName.isEmpty() || e.fieldName().equals(fieldName))
                .toList();
    if (doomed.stream().anyMatch(e -> e.vector().isPresent()) && loads.wanted(info, List.of())) {
      throw TidemarkException.invalid(
          "index cannot be dropped, collection is loaded, please release it first");
    }
    CollectionInfo changed = info;
    for (IndexDirectory.Entry entry : doomed) {
      changed = IndexDirectory.without(changed, entry);
    }
    return changed;
  }

  /**
   * Sets and deletes parameters that do not shape the index (mmap.enabled and the like).
   *
   * @throws TidemarkException INDEX_NOT_FOUND; 1100 for one that shapes it
   */
  public void alter(
      String database,
      String collection,
      String name,
      Map<String, String> set,
      List<String> delete) {
    Map<String, String> given = flat(set);
    for (String fixed : shaping()) {
      if (given.containsKey(fixed) || delete.contains(fixed)) {
        throw TidemarkException.invalid(
            fixed + " is not configable in index params, drop the index and create it anew");
      }
    }
    context
        .directory()
        .changing(() -> {
          CollectionInfo known = context.directory().require(database, collection);
          return context.change(known, info -> altered(info, name, given, delete));
        });
  }

  /** Names of parameters that an index is built by. */
  private static Set<String> shaping() {
    Set<String> names = new TreeSet<>(List.of(TYPE, METRIC));
    IndexFamilies.all()
        .forEach(family ->
            family.buildParameters().stream().map(IndexParameter::name).forEach(names::add));
    return names;
  }

  private static CollectionInfo altered(
      CollectionInfo info, String name, Map<String, String> set, List<String> delete) {
    List<IndexDirectory.Entry> entries = IndexDirectory.named(info, name);
    if (entries.isEmpty()) {
      throw Reasons.indexNotFound("[indexName=" + name + "]");
    }
    CollectionInfo changed = info;
    for (IndexDirectory.Entry entry : entries) {
      Map<String, String> parameters = new HashMap<>(entry.parameters());
      parameters.keySet().removeAll(delete);
      parameters.putAll(set);
      changed = IndexDirectory.replaced(changed, entry.withParameters(parameters));
    }
    return changed;
  }
}
