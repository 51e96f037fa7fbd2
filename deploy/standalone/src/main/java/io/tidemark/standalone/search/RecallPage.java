package io.tidemark.standalone.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.read.RecallRequest;
import io.tidemark.serving.read.recall.RecallFigure;
import io.tidemark.serving.read.recall.RecallReport;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.http.HttpEndpoint.Request;
import io.tidemark.stores.lake.Lake;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code GET /admin/recall?collection=NAME[&database=DB][&field=F][&k=10][&queries=100][&seed=1]
 * [&filter=EXPR][&params=JSON]}: asks a loaded collection for stored rows, as users' searches are
 * answered and exactly, and compares. Thread-safe.
 *
 * <pre>
 * {"collection": "default.books", "k": 10, "rows": 82000, "queries": 100, "read_timestamp": 4640…,
 *  "kinds": [{"kind": "HNSW", "queries": 100, "wanted": 1000, "found": 991,
 *             "recall": 0.991, "low": 0.951, "high": 0.999}, …],
 *  "searches": [… the same of users' searches, as the background compares them]}
 * </pre>
 */
public final class RecallPage {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int K = 10;
  private static final int QUERIES = 100;
  private static final Set<String> KNOWN =
      Set.of("collection", "database", "field", "k", "queries", "seed", "filter", "params");

  private final ReadService reads;
  private final Lake lake;

  /** Owns neither. */
  public RecallPage(ReadService reads, Lake lake) {
    this.reads = reads;
    this.lake = lake;
  }

  public Answer answer(Request request) throws JsonProcessingException {
    try {
      return Answer.json(200, measured(request.parameters()) + "\n");
    } catch (TidemarkException e) {
      return Answer.text(status(e.code()), e.getMessage() + "\n");
    }
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND -> 404;
      case COLLECTION_NOT_LOADED -> 409;
      default -> code.retriable() ? 503 : 400;
    };
  }

  private String measured(Map<String, String> given) throws JsonProcessingException {
    for (String name : given.keySet()) {
      if (!KNOWN.contains(name)) {
        throw TidemarkException.invalid("there is no parameter '" + name + "' here");
      }
    }
    CollectionInfo collection = collection(given);
    RecallReport report =
        reads.recall(
            new RecallRequest(
                collection,
                given.getOrDefault("field", ""),
                whole(given, "k", K),
                whole(given, "queries", QUERIES),
                whole(given, "seed", 1),
                given.getOrDefault("filter", ""),
                params(given.getOrDefault("params", ""))));
    ObjectNode json =
        JSON.createObjectNode()
            .put("collection", collection.database() + "." + collection.name())
            .put("k", report.k())
            .put("rows", report.rows())
            .put("queries", report.queries())
            .put("read_timestamp", report.readTimestamp());
    write(report.figures(), json.putArray("kinds"));
    write(reads.sampledRecall(collection.id()), json.putArray("searches"));
    return JSON.writeValueAsString(json);
  }

  private static void write(List<RecallFigure> figures, ArrayNode json) {
    for (RecallFigure figure : figures) {
      json.addObject()
          .put("kind", figure.kind())
          .put("queries", figure.queries())
          .put("wanted", figure.wanted())
          .put("found", figure.found())
          .put("recall", figure.recall())
          .put("low", figure.low())
          .put("high", figure.high());
    }
  }

  private CollectionInfo collection(Map<String, String> given) {
    String name = given.getOrDefault("collection", "");
    String database = given.getOrDefault("database", CollectionInfo.DEFAULT_DATABASE);
    if (name.isEmpty()) {
      throw TidemarkException.invalid("give the collection");
    }
    CollectionInfo found =
        lake.collection(database, name)
            .orElseThrow(() ->
                new TidemarkException(
                    ErrorCode.COLLECTION_NOT_FOUND,
                    "collection not found[database=" + database + "][collection=" + name + "]"));
    if (reads.status(found.id()).isEmpty()) {
      throw new TidemarkException(
          ErrorCode.COLLECTION_NOT_LOADED,
          "collection '"
              + database
              + "."
              + name
              + "' is not loaded: load it first, what is served is what is measured");
    }
    return found;
  }

  private static int whole(Map<String, String> given, String name, int otherwise) {
    String text = given.get(name);
    try {
      return text == null ? otherwise : Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER, name + " is '" + text + "', expected a whole number", e);
    }
  }

  private static Map<String, String> params(String json) {
    if (json.isBlank()) {
      return Map.of();
    }
    try {
      Map<String, String> params = new HashMap<>();
      JSON.readValue(json, new TypeReference<Map<String, Object>>() {})
          .forEach((key, value) -> params.put(key, String.valueOf(value)));
      return params;
    } catch (JsonProcessingException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "params is '" + json + "', expected a JSON object such as {\"ef\": 100}",
          e);
    }
  }
}
