package io.tidemark.serving.catalog;

import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.JsonDocuments;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a client wants loaded, as the control store keeps it: {@code
 * {"partitions":"a,b","replicas":"1"}}.
 *
 * @param partitions empty for all, those created later included
 */
record LoadRequest(Set<String> partitions) {
  private static final String PARTITIONS = "partitions";
  private static final String REPLICAS = "replicas";

  LoadRequest {
    partitions = Set.copyOf(partitions);
    partitions.forEach(name -> FieldSchema.checkName("partition", name));
  }

  boolean all() {
    return partitions.isEmpty();
  }

  String text() {
    return JsonDocuments.object(
        Map.of(PARTITIONS, String.join(",", new TreeSet<>(partitions)), REPLICAS, "1"));
  }

  static LoadRequest parse(String text) {
    String names = JsonDocuments.flat(text, "load request").getOrDefault(PARTITIONS, "");
    return new LoadRequest(
        names.isEmpty() ? Set.of() : Set.copyOf(Arrays.asList(names.split(","))));
  }
}
