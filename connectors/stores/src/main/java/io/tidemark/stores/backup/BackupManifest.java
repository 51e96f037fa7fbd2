package io.tidemark.stores.backup;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.CollectionProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The table of contents of a backup: the file {@value #FILE}, UTF-8 JSON, written last. Format
 * version 1:
 *
 * <pre>
 * {"format":"tidemark-backup","version":1,
 *  "sha256":hex,                     of "backup"'s value, written without spaces
 *  "backup":{"created":ms since the epoch,
 *    "collections":[{"database","name","snapshot":name,"committed":ms,
 *      "positions":{"SHARD":hybrid}, what the rows are complete up to
 *      "properties":{…},             the collection, as its table properties have it
 *      "columns":{…},                Iceberg's schema, with the column ids of the data files
 *      "files":[{"file","bytes","sha256","rows","deletes"?:{"file","bytes","sha256"}}],
 *      "indexes":[{"file","bytes","sha256","segment","partition","shard","field","index","type","metric","parameters":{},
 *        "version","checksum":CRC-32C,"builder","buildMs","created","sources":[{"file","rows"}]}]}]}}
 * </pre>
 *
 * Files are named below the backup's folder, with slashes. A file of deletes is Iceberg's position
 * delete file of the one data file. Stateless.
 */
final class BackupManifest {
  static final String FILE = "tidemark-backup.json";

  private static final String FORMAT = "tidemark-backup";
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private BackupManifest() {}

  static String encode(long createdMs, List<BackupCollection> collections) {
    ObjectNode backup = JSON.createObjectNode().put("created", createdMs);
    ArrayNode array = backup.putArray("collections");
    collections.forEach(collection -> array.add(collection(collection)));
    ObjectNode root =
        JSON.createObjectNode()
            .put("format", FORMAT)
            .put("version", VERSION)
            .put("sha256", Digest.of(backup.toString()));
    root.set("backup", backup);
    return root.toPrettyString();
  }

  /**
   * @throws TidemarkException UNEXPECTED if the text is not whole, or not as it was written;
   *     INVALID_PARAMETER if it is a newer version's
   */
  static List<BackupCollection> decode(String location, String text) {
    try {
      JsonNode root = JSON.readTree(text);
      if (!FORMAT.equals(root.path("format").asText())) {
        throw damaged(location, "it is no table of contents of a backup", null);
      }
      if (root.path("version").asInt() != VERSION) {
        throw TidemarkException.invalid(
            location
                + " has format version "
                + root.path("version")
                + ", this Tidemark reads "
                + VERSION);
      }
      JsonNode backup = root.required("backup");
      if (!Digest.of(backup.toString()).equals(root.required("sha256").asText())) {
        throw damaged(location, "its checksum does not match", null);
      }
      List<BackupCollection> collections = new ArrayList<>();
      backup.required("collections").forEach(node -> collections.add(collection(node)));
      return collections;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw damaged(location, String.valueOf(e.getMessage()), e);
    }
  }

  private static TidemarkException damaged(
      String location, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new TidemarkException(
        ErrorCode.UNEXPECTED,
        location + " is damaged: " + why + "; take another copy of the backup",
        cause);
  }

  private static ObjectNode collection(BackupCollection collection) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("database", collection.info().database())
            .put("name", collection.info().name())
            .put("snapshot", collection.snapshot())
            .put("committed", collection.committedMs());
    ObjectNode positions = node.putObject("positions");
    new TreeMap<>(collection.positions())
        .forEach((shard, position) -> positions.put(shard.toString(), position));
    node.set("properties", texts(CollectionProperties.encode(collection.info())));
    node.set("columns", tree(SchemaParser.toJson(collection.columns())));
    ArrayNode files = node.putArray("files");
    collection.files().forEach(file -> files.add(file(file)));
    ArrayNode indexes = node.putArray("indexes");
    collection.indexes().forEach(index -> indexes.add(index(index)));
    return node;
  }

  private static BackupCollection collection(JsonNode node) {
    Map<Integer, Long> positions = new HashMap<>();
    node.required("positions")
        .properties()
        .forEach(
            entry -> positions.put(Integer.parseInt(entry.getKey()), entry.getValue().asLong()));
    CollectionInfo info =
        CollectionProperties.decode(
            node.required("database").asText(),
            node.required("name").asText(),
            texts(node.required("properties")));
    return new BackupCollection(
        node.required("snapshot").asText(),
        node.required("committed").asLong(),
        positions,
        info,
        SchemaParser.fromJson(node.required("columns").toString()),
        list(node.required("files"), BackupManifest::file),
        list(node.required("indexes"), index -> index(index, info.id())));
  }

  private static ObjectNode file(BackupFile file) {
    ObjectNode node = digest(file.file(), file.digest()).put("rows", file.rows());
    if (file.deletes() != null && file.deletesDigest() != null) {
      node.set("deletes", digest(file.deletes(), file.deletesDigest()));
    }
    return node;
  }

  private static BackupFile file(JsonNode node) {
    JsonNode deletes = node.get("deletes");
    return new BackupFile(
        node.required("file").asText(),
        digest(node),
        node.required("rows").asLong(),
        deletes == null ? null : deletes.required("file").asText(),
        deletes == null ? null : digest(deletes));
  }

  private static ObjectNode digest(String file, Digest digest) {
    return JSON.createObjectNode()
        .put("file", file)
        .put("bytes", digest.bytes())
        .put("sha256", digest.sha256());
  }

  private static Digest digest(JsonNode node) {
    return new Digest(node.required("bytes").asLong(), node.required("sha256").asText());
  }

  private static ObjectNode index(BackupFile.Index backedUp) {
    SegmentIndex index = backedUp.index();
    ObjectNode node =
        digest(index.file(), backedUp.digest())
            .put("segment", index.segmentId())
            .put("partition", index.partition())
            .put("shard", index.shard())
            .put("field", index.fieldId())
            .put("index", index.indexId())
            .put("type", index.type().name())
            .put("metric", index.metric().name())
            .put("version", index.version())
            .put("checksum", index.checksum())
            .put("builder", index.builder())
            .put("buildMs", index.buildMs())
            .put("created", index.createdTimestamp());
    node.set("parameters", texts(index.parameters()));
    ArrayNode sources = node.putArray("sources");
    index
        .sources()
        .forEach(
            source -> sources.addObject().put("file", source.path()).put("rows", source.rows()));
    return node;
  }

  private static BackupFile.Index index(JsonNode node, long collectionId) {
    Digest digest = digest(node);
    return new BackupFile.Index(
        digest,
        new SegmentIndex(
            node.required("segment").asLong(),
            collectionId,
            node.required("partition").asText(),
            node.required("shard").asInt(),
            list(
                node.required("sources"),
                source ->
                    new SegmentIndex.SourceFile(
                        source.required("file").asText(), source.required("rows").asLong())),
            node.required("field").asInt(),
            node.required("index").asLong(),
            IndexType.valueOf(node.required("type").asText()),
            Metric.valueOf(node.required("metric").asText()),
            texts(node.required("parameters")),
            node.required("version").asInt(),
            node.required("file").asText(),
            digest.bytes(),
            node.required("checksum").asLong(),
            node.required("builder").asText(),
            node.required("buildMs").asLong(),
            node.required("created").asLong()));
  }

  private static <T> List<T> list(JsonNode array, Function<JsonNode, T> each) {
    List<T> list = new ArrayList<>();
    array.forEach(node -> list.add(each.apply(node)));
    return list;
  }

  private static ObjectNode texts(Map<String, String> values) {
    ObjectNode node = JSON.createObjectNode();
    new TreeMap<>(values).forEach(node::put);
    return node;
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> values = new HashMap<>();
    node.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
    return values;
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Iceberg's schema is no JSON: " + json, e);
    }
  }
}
