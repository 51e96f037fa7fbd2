package io.tidemark.serving.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.milvus.grpc.Status;
import io.tidemark.engine.segment.SearchPlan;
import io.tidemark.serving.read.ExplainedSearch;
import io.tidemark.serving.read.SearchExplanation;
import io.tidemark.serving.read.SearchExplanation.ExplainedSegment;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a search was done, as JSON: in the answer's status, as {@code extra_info} under {@code
 * explain}, which clients that do not know it leave alone.
 *
 * <pre>
 * {"read_timestamp": 4640…, "queries": 1, "filter_ms": 0.4, "search_ms": 1.2,
 *  "segments": [{"segment": "…", "kind": "sealed", "index": "HNSW", "rows": 100000, "alive": 99000,
 *                "passing": 9900, "plans": {"filtered_index": 1}, "scored": 3100, "ms": 0.8}, …]}
 * </pre>
 *
 * Kinds are {@code sealed} and {@code growing}; plans {@code none}, {@code exact}, {@code index},
 * {@code filtered_index} and {@code completed}, each with how many queries went that way. {@code
 * ms} is the time of the searching threads, together.
 */
public final class Explanations {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double NANOS_PER_MS = 1e6;

  private Explanations() {}

  /** A status without an error that carries the explanation. */
  public static Status ok(SearchExplanation explanation) {
    return Statuses.ok().toBuilder().putExtraInfo(SearchOptions.EXPLAIN, json(explanation)).build();
  }

  public static String json(SearchExplanation explanation) {
    return written(json -> {
      json.writeStartObject();
      write(explanation, json);
      json.writeEndObject();
    });
  }

  /**
   * An array of such objects, each with {@code collection}, {@code field} and {@code limit} too.
   */
  public static String json(List<ExplainedSearch> searches) {
    return written(json -> {
      json.writeStartArray();
      for (ExplainedSearch search : searches) {
        json.writeStartObject();
        json.writeStringField("collection", search.collection());
        json.writeStringField("field", search.field());
        json.writeNumberField("limit", search.limit());
        write(search.explanation(), json);
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private static String written(Writing writing) {
    StringWriter written = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(written)) {
      writing.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return written.toString();
  }

  private static void write(SearchExplanation explanation, JsonGenerator json) throws IOException {
    json.writeNumberField("read_timestamp", explanation.readTimestamp());
    json.writeNumberField("queries", explanation.queries());
    json.writeFieldName("filter_ms");
    json.writeNumber(ms(explanation.filterNanos()));
    json.writeFieldName("search_ms");
    json.writeNumber(ms(explanation.searchNanos()));
    json.writeArrayFieldStart("segments");
    for (ExplainedSegment segment : explanation.segments()) {
      write(segment, json);
    }
    json.writeEndArray();
  }

  private static void write(ExplainedSegment segment, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("segment", segment.id());
    json.writeStringField("kind", segment.kind());
    json.writeStringField("index", segment.index());
    json.writeNumberField("rows", segment.rows());
    json.writeNumberField("alive", segment.alive());
    json.writeNumberField("passing", segment.passing());
    json.writeObjectFieldStart("plans");
    for (Map.Entry<SearchPlan, Integer> plan : new TreeMap<>(segment.plans()).entrySet()) {
      json.writeNumberField(plan.getKey().name().toLowerCase(Locale.ROOT), plan.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("scored", segment.scored());
    json.writeFieldName("ms");
    json.writeNumber(ms(segment.nanos()));
    json.writeEndObject();
  }

  private static String ms(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MS);
  }
}
