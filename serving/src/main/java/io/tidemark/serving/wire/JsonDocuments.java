package io.tidemark.serving.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.tidemark.model.error.TidemarkException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * JSON values of rows: checked when they come in, cut down to the wanted keys when they go out.
 * Thread-safe.
 */
public final class JsonDocuments {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(ProtocolLimits.JSON_DEPTH_MAX)
                  .build())
          .build();

  private JsonDocuments() {}

  /**
   * Checks that the bytes are one JSON value within the limits.
   *
   * @param where field and row, for the message
   * @throws TidemarkException 1100
   */
  public static void check(byte[] document, String where) {
    scan(document, where, false, key -> {});
  }

  /**
   * As {@link #check}, for one object; {@code topLevelKeys} gets its keys.
   *
   * @throws TidemarkException 1100, and what {@code topLevelKeys} throws
   */
  public static void checkObject(byte[] document, String where, Consumer<String> topLevelKeys) {
    scan(document, where, true, topLevelKeys);
  }

  private static void scan(
      byte[] document, String where, boolean object, Consumer<String> topLevelKeys) {
    if (document.length > ProtocolLimits.JSON_BYTES_MAX) {
      throw TidemarkException.invalid(
          "the length ("
              + document.length
              + ") of json "
              + where
              + " exceeds max length ("
              + ProtocolLimits.JSON_BYTES_MAX
              + ")");
    }
    try (JsonParser parser = JSON.createParser(document)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw TidemarkException.invalid("json " + where + " is empty, expected a JSON value");
      }
      if (object && first != JsonToken.START_OBJECT) {
        throw TidemarkException.invalid(
            "invalid dynamic field data, only json map is supported: "
                + where
                + " starts with "
                + first);
      }
      int depth = 0;
      for (JsonToken token = first; token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.FIELD_NAME && depth == 1 && object) {
          topLevelKeys.accept(parser.currentName());
        }
        if (depth == 0 && parser.nextToken() != null) {
          throw TidemarkException.invalid(
              "json " + where + " goes on after its value, expected one JSON value");
        }
      }
    } catch (IOException e) {
      throw TidemarkException.invalid("json " + where + " is invalid: " + JsonFault.of(e));
    }
  }

  /**
   * The members of a flat object as texts: strings without quotes, everything else as written.
   *
   * @throws TidemarkException 1100 if it is no JSON object
   */
  public static Map<String, String> flat(String document, String where) {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw TidemarkException.invalid(
            where + " should be a JSON object, but got " + shown(document));
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (members.containsKey(key)) {
          throw TidemarkException.invalid(where + ": " + key + " is given twice");
        }
        if (value.isStructStart()) {
          ByteArrayOutputStream written = new ByteArrayOutputStream();
          try (JsonGenerator generator = JSON.createGenerator(written)) {
            copy(parser, generator);
          }
          members.put(key, written.toString(StandardCharsets.UTF_8));
        } else {
          members.put(key, parser.getText());
        }
      }
      if (parser.nextToken() != null) {
        throw TidemarkException.invalid(
            where + " goes on after its JSON object: " + shown(document));
      }
      return members;
    } catch (IOException e) {
      throw TidemarkException.invalid(where + " is no valid JSON: " + JsonFault.of(e));
    }
  }

  /**
   * The elements of an array of numbers.
   *
   * @throws TidemarkException 1100 if it is none
   */
  static List<Float> numbers(String document, String where) {
    List<Float> numbers = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(document)) {
      boolean array = parser.nextToken() == JsonToken.START_ARRAY;
      while (array && parser.nextToken() != JsonToken.END_ARRAY) {
        array = parser.currentToken().isNumeric();
        numbers.add(array ? parser.getFloatValue() : 0);
      }
      if (!array || parser.nextToken() != null) {
        throw TidemarkException.invalid(
            where + " should be an array of numbers, but got " + shown(document));
      }
      return numbers;
    } catch (IOException e) {
      throw TidemarkException.invalid(where + " is no valid JSON: " + JsonFault.of(e));
    }
  }

  /** A flat object of texts. */
  public static String object(Map<String, String> members) {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(written)) {
      generator.writeStartObject();
      for (Map.Entry<String, String> member : members.entrySet()) {
        generator.writeStringField(member.getKey(), member.getValue());
      }
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return written.toString(StandardCharsets.UTF_8);
  }

  /** The same object with only these top-level keys; what is no object stays as it is. */
  static byte[] project(byte[] document, Set<String> keys) {
    ByteArrayOutputStream projected = new ByteArrayOutputStream(document.length);
    try (JsonParser parser = JSON.createParser(document);
        JsonGenerator generator = JSON.createGenerator(projected)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return document;
      }
      generator.writeStartObject();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = keys.contains(parser.currentName());
        if (wanted) {
          copy(parser, generator);
        } else {
          parser.nextToken();
          parser.skipChildren();
        }
      }
      generator.writeEndObject();
    } catch (IOException e) {
      // Only a foreign writer of the lake can bring a document that is no JSON: it goes out
      // unchanged.
      return document;
    }
    return projected.toByteArray();
  }

  /** The value at the parser, with its name if it is at one; numbers keep all their digits. */
  private static void copy(JsonParser parser, JsonGenerator generator) throws IOException {
    int depth = 0;
    for (JsonToken token = parser.currentToken(); token != null; token = parser.nextToken()) {
      generator.copyCurrentEventExact(parser);
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0 && token != JsonToken.FIELD_NAME) {
        return;
      }
    }
  }

  private static String shown(String document) {
    return document.length() <= 64 ? document : document.substring(0, 64) + "…";
  }
}
