package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.iceberg.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A collection as table properties, format version 1. Database and name are the table's identifier,
 * so that a rename changes nothing else.
 *
 * <pre>
 * tidemark.format       1
 * tidemark.id           decimal
 * tidemark.schema       {"description","dynamic","version","fields":[{"id","name","type":number,"description",
 *                       "primaryKey","autoId","nullable","dynamic","partitionKey","dimension","maxLength",
 *                       "default"?,"parameters":{}}]}
 * tidemark.pchannels    [number]
 * tidemark.consistency  STRONG, SESSION, BOUNDED, EVENTUALLY or CUSTOMIZED
 * tidemark.created      decimal, hybrid
 * tidemark.updated      decimal, hybrid
 * tidemark.partitions   [{"id","name","created"}]
 * tidemark.indexes      [{"id","fieldId","fieldName","name","type","metric","parameters":{}}]
 * tidemark.indexes.candidates, tidemark.indexes.previous   as tidemark.indexes; absent for none
 * tidemark.properties   {}
 * tidemark.position.N   decimal, hybrid: the position of shard N, moved by commits only
 * </pre>
 */
public final class CollectionProperties {
  static final String ID = "tidemark.id";
  private static final String FORMAT = "tidemark.format";
  private static final String FORMAT_VERSION = "1";
  private static final String SCHEMA = "tidemark.schema";
  private static final String PCHANNELS = "tidemark.pchannels";
  private static final String CONSISTENCY = "tidemark.consistency";
  private static final String CREATED = "tidemark.created";
  private static final String UPDATED = "tidemark.updated";
  private static final String PARTITIONS = "tidemark.partitions";
  private static final String INDEXES = "tidemark.indexes";
  private static final String CANDIDATES = "tidemark.indexes.candidates";
  private static final String PREVIOUS = "tidemark.indexes.previous";
  static final String PROPERTIES = "tidemark.properties";

  private static final ObjectMapper JSON = new ObjectMapper();

  private CollectionProperties() {}

  public static Map<String, String> encode(CollectionInfo info) {
    Map<String, String> encoded = new TreeMap<>();
    encoded.put(FORMAT, FORMAT_VERSION);
    encoded.put(ID, Long.toString(info.id()));
    encoded.put(SCHEMA, schema(info.schema()).toString());
    ArrayNode pchannels = JSON.createArrayNode();
    info.pchannels().forEach(pchannels::add);
    encoded.put(PCHANNELS, pchannels.toString());
    encoded.put(CONSISTENCY, info.consistency().name());
    encoded.put(CREATED, Long.toString(info.createdTimestamp()));
    encoded.put(UPDATED, Long.toString(info.updatedTimestamp()));
    ArrayNode partitions = JSON.createArrayNode();
    for (Partition partition : info.partitions()) {
      partitions
          .addObject()
          .put("id", partition.id())
          .put("name", partition.name())
          .put("created", partition.createdTimestamp());
    }
    encoded.put(PARTITIONS, partitions.toString());
    encoded.put(INDEXES, indexes(info.indexes()));
    encoded.put(CANDIDATES, indexes(info.candidates()));
    encoded.put(PREVIOUS, indexes(info.previous()));
    encoded.put(PROPERTIES, texts(info.properties()).toString());
    return encoded;
  }

  static boolean describesCollection(Map<String, String> properties) {
    return properties.containsKey(ID);
  }

  /**
   * @throws TidemarkException UNEXPECTED if the properties are no collection's, or a newer
   *     version's
   */
  public static CollectionInfo decode(
      String database, String name, Map<String, String> properties) {
    if (!FORMAT_VERSION.equals(properties.get(FORMAT))) {
      throw unreadable(
          database, name, FORMAT + " is " + properties.get(FORMAT) + ", expected 1", null);
    }
    try {
      return new CollectionInfo(
          Long.parseLong(text(properties, ID)),
          database,
          name,
          schema(JSON.readTree(text(properties, SCHEMA))),
          list(properties, PCHANNELS, JsonNode::asInt),
          ConsistencyLevel.valueOf(text(properties, CONSISTENCY)),
          Long.parseLong(text(properties, CREATED)),
          Long.parseLong(text(properties, UPDATED)),
          list(
              properties,
              PARTITIONS,
              n ->
                  new Partition(
                      n.required("id").asLong(),
                      n.required("name").asText(),
                      n.required("created").asLong())),
          list(properties, INDEXES, CollectionProperties::index),
          listOrNone(properties, CANDIDATES),
          listOrNone(properties, PREVIOUS),
          texts(JSON.readTree(text(properties, PROPERTIES))));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw unreadable(database, name, String.valueOf(e.getMessage()), e);
    }
  }

  private static TidemarkException unreadable(
      String database, String name, String why, @Nullable Exception cause) {
    return new TidemarkException(
        ErrorCode.UNEXPECTED,
        "table " + database + "." + name + " has unreadable tidemark properties: " + why,
        cause);
  }

  private static String text(Map<String, String> properties, String key) {
    String value = properties.get(key);
    if (value == null) {
      throw new IllegalArgumentException("property " + key + " is missing");
    }
    return value;
  }

  private static <T> List<T> list(
      Map<String, String> properties, String key, Function<JsonNode, T> element)
      throws JsonProcessingException {
    List<T> elements = new ArrayList<>();
    for (JsonNode node : JSON.readTree(text(properties, key))) {
      elements.add(element.apply(node));
    }
    return elements;
  }

  /** Tables of before there were candidates lack the property. */
  private static List<IndexDefinition> listOrNone(Map<String, String> properties, String key)
      throws JsonProcessingException {
    return properties.containsKey(key)
        ? list(properties, key, CollectionProperties::index)
        : List.of();
  }

  private static String indexes(List<IndexDefinition> indexes) {
    ArrayNode nodes = JSON.createArrayNode();
    indexes.forEach(index -> nodes.add(index(index)));
    return nodes.toString();
  }

  private static ObjectNode schema(CollectionSchema schema) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("description", schema.description())
            .put("dynamic", schema.dynamic())
            .put("version", schema.version());
    ArrayNode fields = node.putArray("fields");
    schema.fields().forEach(field -> fields.add(field(field)));
    return node;
  }

  private static CollectionSchema schema(JsonNode node) {
    List<FieldSchema> fields = new ArrayList<>();
    node.required("fields").forEach(field -> fields.add(field(field)));
    return new CollectionSchema(
        node.required("description").asText(),
        node.required("dynamic").asBoolean(),
        node.required("version").asInt(),
        fields);
  }

  private static ObjectNode field(FieldSchema field) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("id", field.id())
            .put("name", field.name())
            .put("type", field.type().number())
            .put("description", field.description())
            .put("primaryKey", field.primaryKey())
            .put("autoId", field.autoId())
            .put("nullable", field.nullable())
            .put("dynamic", field.dynamic())
            .put("partitionKey", field.partitionKey())
            .put("dimension", field.dimension())
            .put("maxLength", field.maxLength());
    if (field.defaultValue() != null) {
      node.set("default", JSON.valueToTree(field.defaultValue()));
    }
    node.set("parameters", texts(field.parameters()));
    return node;
  }

  private static FieldSchema field(JsonNode node) {
    DataType type = DataType.ofNumber(node.required("type").asInt());
    return new FieldSchema(
        node.required("id").asInt(),
        node.required("name").asText(),
        type,
        node.required("description").asText(),
        node.required("primaryKey").asBoolean(),
        node.required("autoId").asBoolean(),
        node.required("nullable").asBoolean(),
        node.required("dynamic").asBoolean(),
        node.required("partitionKey").asBoolean(),
        node.required("dimension").asInt(),
        node.required("maxLength").asInt(),
        node.has("default") ? defaultValue(type, node.required("default")) : null,
        texts(node.required("parameters")));
  }

  private static Object defaultValue(DataType type, JsonNode node) {
    return switch (type) {
      case BOOL -> node.asBoolean();
      case INT8, INT16, INT32, INT64 -> node.asLong();
      case FLOAT, DOUBLE -> node.asDouble();
      case VARCHAR, JSON -> node.asText();
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          throw new IllegalArgumentException("a vector field has a default value");
      case SPARSE_FLOAT_VECTOR ->
          throw new IllegalArgumentException("a vector field has a default value");
    };
  }

  private static ObjectNode index(IndexDefinition index) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("id", index.id())
            .put("fieldId", index.fieldId())
            .put("fieldName", index.fieldName())
            .put("name", index.name())
            .put("type", index.type().name())
            .put("metric", index.metric().name());
    node.set("parameters", texts(index.parameters()));
    return node;
  }

  private static IndexDefinition index(JsonNode node) {
    return new IndexDefinition(
        node.required("id").asLong(),
        node.required("fieldId").asInt(),
        node.required("fieldName").asText(),
        node.required("name").asText(),
        IndexType.valueOf(node.required("type").asText()),
        Metric.valueOf(node.required("metric").asText()),
        texts(node.required("parameters")));
  }

  private static ObjectNode texts(Map<String, String> values) {
    ObjectNode node = JSON.createObjectNode();
    new TreeMap<>(values).forEach(node::put);
    return node;
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> values = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      values.put(entry.getKey(), entry.getValue().asText());
    }
    return values;
  }
}
