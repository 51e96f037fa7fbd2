package io.tidemark.connectors.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where log and lake are, for those who read them directly. What is secret is never told: it comes
 * from the reader's environment or from the options of its table.
 *
 * <p>As JSON, which {@code GET /admin/stores} answers:
 *
 * <pre>
 * {"log": {"bootstrap": "host:port", "data_topic": "…", "control_topic": "…", "pchannels": 2},
 *  "lake": {"catalog": "jdbc:…", "warehouse": "file:///…", "properties": {"name": "value"}}}
 * </pre>
 */
public record Stores(LogConfig log, LakeConfig lake) implements Serializable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|passwd|secret|token|credential|access.?key|session).*");
  private static final Pattern SECRET_OF_URI =
      Pattern.compile("(?i)(?<=[?&;])(password|user|token)=[^&;]*[&;]?");

  public String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("log")
        .put("bootstrap", log.bootstrapServers())
        .put("data_topic", log.dataTopic())
        .put("control_topic", log.controlTopic())
        .put("pchannels", log.pchannels());
    ObjectNode lakeJson =
        json.putObject("lake")
            .put(
                "catalog",
                SECRET_OF_URI.matcher(lake.catalogUri()).replaceAll("").replaceFirst("[?&;]$", ""))
            .put("warehouse", lake.warehouse());
    ObjectNode properties = lakeJson.putObject("properties");
    new TreeMap<>(lake.properties())
        .forEach((key, value) -> {
          if (!SECRET.matcher(key).matches()) {
            properties.put(key, value);
          }
        });
    return json.toString();
  }

  /**
   * @throws IllegalArgumentException if the text is no such JSON
   */
  public static Stores ofJson(String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
    JsonNode log = json.path("log");
    JsonNode lake = json.path("lake");
    Map<String, String> properties = new TreeMap<>();
    lake.path("properties")
        .properties()
        .forEach(e -> properties.put(e.getKey(), e.getValue().asText()));
    return new Stores(
        new LogConfig(
            log.path("bootstrap").asText(),
            log.path("data_topic").asText(),
            log.path("control_topic").asText(),
            log.path("pchannels").asInt()),
        new LakeConfig(lake.path("catalog").asText(), lake.path("warehouse").asText(), properties));
  }
}
