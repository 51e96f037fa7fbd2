package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a tag knows beside Iceberg's reference of the same name, as a table property, set and
 * removed in one commit with it. It counts only as long as the reference points to its snapshot.
 *
 * <pre>
 * tidemark.tag.NAME   {"snapshot":id,"created":ms,"schemaId":n,"positions":{"SHARD":hybrid},
 *                      "collection":{the collection's properties, as CollectionProperties has them}}
 * </pre>
 */
final class TagProperties {
  static final String PREFIX = "tidemark.tag.";

  private static final ObjectMapper JSON = new ObjectMapper();

  private TagProperties() {}

  static String encode(SnapshotTag tag) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("snapshot", tag.snapshotId())
            .put("created", tag.createdMs())
            .put("schemaId", tag.schemaId());
    ObjectNode positions = node.putObject("positions");
    new TreeMap<>(tag.positions())
        .forEach((shard, position) -> positions.put(shard.toString(), position));
    ObjectNode collection = node.putObject("collection");
    CollectionProperties.encode(tag.collection()).forEach(collection::put);
    return node.toString();
  }

  /** Those that are in force, by their snapshots' age and then by name. */
  static List<SnapshotTag> decodeAll(TableMetadata metadata, CollectionInfo info) {
    List<SnapshotTag> tags = new ArrayList<>();
    for (Map.Entry<String, SnapshotRef> ref : metadata.refs().entrySet()) {
      String property = metadata.properties().get(PREFIX + ref.getKey());
      Snapshot snapshot = metadata.snapshot(ref.getValue().snapshotId());
      if (ref.getValue().isTag() && property != null && snapshot != null) {
        JsonNode node = parse(ref.getKey(), property);
        if (node.required("snapshot").asLong() == snapshot.snapshotId()) {
          tags.add(decode(ref.getKey(), ref.getValue(), snapshot, node, info));
        }
      }
    }
    tags.sort(Comparator.comparingLong(SnapshotTag::committedMs).thenComparing(SnapshotTag::name));
    return tags;
  }

  private static SnapshotTag decode(
      String name, SnapshotRef ref, Snapshot snapshot, JsonNode node, CollectionInfo info) {
    Map<Integer, Long> positions = new HashMap<>();
    node.required("positions")
        .properties()
        .forEach(
            entry -> positions.put(Integer.parseInt(entry.getKey()), entry.getValue().asLong()));
    Map<String, String> collection = new HashMap<>();
    node.required("collection")
        .properties()
        .forEach(entry -> collection.put(entry.getKey(), entry.getValue().asText()));
    return new SnapshotTag(
        name,
        snapshot.snapshotId(),
        snapshot.timestampMillis(),
        node.required("created").asLong(),
        ref.maxRefAgeMs() == null ? 0 : ref.maxRefAgeMs(),
        positions,
        rows(snapshot),
        node.required("schemaId").asInt(),
        CollectionProperties.decode(info.database(), info.name(), collection));
  }

  static long rows(Snapshot snapshot) {
    return Long.parseLong(snapshot.summary().getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "0"));
  }

  private static JsonNode parse(String name, String property) {
    try {
      return JSON.readTree(property);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("table property " + PREFIX + name + " is no JSON", e);
    }
  }
}
