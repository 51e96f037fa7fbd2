package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The indexes of a collection, of its vector fields and of the others, under one roof. */
public final class IndexDirectory {
  private IndexDirectory() {}

  /**
   * Exactly one of both is there.
   *
   * @param vector on a vector field
   * @param scalar on another field
   */
  public record Entry(Optional<IndexDefinition> vector, Optional<ScalarIndex> scalar) {
    static Entry of(IndexDefinition index) {
      return new Entry(Optional.of(index), Optional.empty());
    }

    static Entry of(ScalarIndex index) {
      return new Entry(Optional.empty(), Optional.of(index));
    }

    public long id() {
      return vector.map(IndexDefinition::id).or(() -> scalar.map(ScalarIndex::id)).orElseThrow();
    }

    public String name() {
      return vector
          .map(IndexDefinition::name)
          .or(() -> scalar.map(ScalarIndex::name))
          .orElseThrow();
    }

    public String fieldName() {
      return vector
          .map(IndexDefinition::fieldName)
          .or(() -> scalar.map(ScalarIndex::fieldName))
          .orElseThrow();
    }

    public Map<String, String> parameters() {
      return vector
          .map(IndexDefinition::parameters)
          .or(() -> scalar.map(ScalarIndex::parameters))
          .orElseThrow();
    }

    /** As a client asked for it: index_type, metric_type (of a vector field) and the parameters. */
    public Map<String, String> described() {
      Map<String, String> described = new HashMap<>(parameters());
      vector.ifPresent(v -> described.put(IndexChanges.TYPE, v.type().name()));
      vector.ifPresent(v -> described.put(IndexChanges.METRIC, v.metric().name()));
      scalar.ifPresent(
          s -> described.put(IndexChanges.TYPE, s.type().isEmpty() ? "AUTOINDEX" : s.type()));
      return described;
    }

    Entry withParameters(Map<String, String> parameters) {
      return new Entry(
          vector.map(v ->
              new IndexDefinition(
                  v.id(), v.fieldId(), v.fieldName(), v.name(), v.type(), v.metric(), parameters)),
          scalar.map(s ->
              new ScalarIndex(s.id(), s.fieldId(), s.fieldName(), s.name(), s.type(), parameters)));
    }
  }

  /** In the order of their creation. */
  public static List<Entry> all(CollectionInfo info) {
    List<Entry> entries = new ArrayList<>();
    info.indexes().forEach(index -> entries.add(Entry.of(index)));
    scalars(info).forEach(index -> entries.add(Entry.of(index)));
    entries.sort(Comparator.comparingLong(Entry::id));
    return entries;
  }

  public static List<Entry> named(CollectionInfo info, String name) {
    return all(info).stream().filter(e -> e.name().equals(name)).toList();
  }

  static List<ScalarIndex> scalars(CollectionInfo info) {
    return info.properties().entrySet().stream()
        .filter(p -> p.getKey().startsWith(ScalarIndex.PROPERTY_PREFIX))
        .map(p -> ScalarIndex.parse(p.getValue()))
        .toList();
  }

  static CollectionInfo without(CollectionInfo info, Entry entry) {
    CollectionInfo changed =
        info.withIndexes(info.indexes().stream().filter(i -> i.id() != entry.id()).toList());
    if (entry.scalar().isEmpty()) {
      return changed;
    }
    Map<String, String> properties = new HashMap<>(info.properties());
    properties.remove(entry.scalar().get().property());
    return changed.withProperties(properties);
  }

  /** With the entry in the place of the one with its id. */
  static CollectionInfo replaced(CollectionInfo info, Entry entry) {
    if (entry.scalar().isPresent()) {
      Map<String, String> properties = new HashMap<>(info.properties());
      properties.put(entry.scalar().get().property(), entry.scalar().get().text());
      return info.withProperties(properties);
    }
    IndexDefinition altered = entry.vector().orElseThrow();
    return info.withIndexes(
        info.indexes().stream().map(old -> old.id() == altered.id() ? altered : old).toList());
  }
}
