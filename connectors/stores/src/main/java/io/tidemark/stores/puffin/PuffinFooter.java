package io.tidemark.stores.puffin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A Puffin file (Apache Iceberg, Puffin Spec): {@code magic blob* footer}.
 *
 * <pre>
 * magic  := "PFA1"
 * footer := magic  payload  payloadSize:int32  flags:int32  magic
 * payload := {"blobs":[{"type","fields":[id],"snapshot-id":-1,"sequence-number":-1,"offset","length",
 *             "properties":{}?}],"properties":{"created-by"}}
 * </pre>
 *
 * Integers are little-endian, the payload is UTF-8 JSON, {@code flags} are 0: the payload is not
 * compressed. Our blobs are not compressed either, start at multiples of {@link
 * PuffinWriter#ALIGNMENT}, and belong to no snapshot. Field ids are the collection's.
 */
final class PuffinFooter {
  static final byte[] MAGIC = {'P', 'F', 'A', '1'};

  /** payloadSize, flags and magic. */
  static final int TAIL_BYTES = 12;

  private static final ObjectMapper JSON = new ObjectMapper();

  private PuffinFooter() {}

  static ByteBuffer encode(List<PuffinBlob> blobs) {
    ObjectNode root = JSON.createObjectNode();
    var array = root.putArray("blobs");
    for (PuffinBlob blob : blobs) {
      ObjectNode node = array.addObject().put("type", blob.type());
      node.putArray("fields").add(blob.fieldId());
      node.put("snapshot-id", -1L)
          .put("sequence-number", -1L)
          .put("offset", blob.offset())
          .put("length", blob.length());
      if (!blob.properties().isEmpty()) {
        ObjectNode properties = node.putObject("properties");
        new TreeMap<>(blob.properties()).forEach(properties::put);
      }
    }
    root.putObject("properties").put("created-by", "Tidemark");
    byte[] payload = root.toString().getBytes(UTF_8);
    return ByteBuffer.allocate(MAGIC.length + payload.length + TAIL_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put(payload)
        .putInt(payload.length)
        .putInt(0)
        .put(MAGIC)
        .flip();
  }

  static List<PuffinBlob> decode(byte[] payload) throws IOException {
    List<PuffinBlob> blobs = new ArrayList<>();
    for (JsonNode node : JSON.readTree(payload).required("blobs")) {
      if (node.has("compression-codec")) {
        throw new IOException("a blob is compressed: " + node);
      }
      Map<String, String> properties = new HashMap<>();
      if (node.has("properties")) {
        for (Map.Entry<String, JsonNode> entry : node.required("properties").properties()) {
          properties.put(entry.getKey(), entry.getValue().asText());
        }
      }
      blobs.add(
          new PuffinBlob(
              node.required("type").asText(),
              node.required("fields").required(0).asInt(),
              node.required("offset").asLong(),
              node.required("length").asLong(),
              properties));
    }
    return blobs;
  }
}
