package io.tidemark.engine.filter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.tidemark.engine.filter.PlainValues.Other;
import io.tidemark.model.column.BytesColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the value at one path of the documents of a column. Streams: what does not lie on the path
 * is skipped, nothing is kept. A document that is no JSON (only a foreign writer of the lake can
 * bring one) has nothing at any path. Not thread-safe.
 */
final class JsonReader {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final BytesColumn column;
  private final List<String> path;
  private final ByteBuffer payload;
  private final int base;

  /**
   * @param path empty for the whole document
   */
  JsonReader(BytesColumn column, List<String> path) {
    this.column = column;
    this.path = path;
    this.payload = column.payload();
    this.base = (column.size() + 1) * 4;
  }

  /** The value, or {@link Other}; the row is not null. */
  Object read(int row) {
    try (JsonParser parser = parser(row)) {
      parser.nextToken();
      for (String step : path) {
        if (!descend(parser, step)) {
          return Other.MISSING;
        }
      }
      return value(parser);
    } catch (JsonProcessingException e) {
      return Other.MISSING;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private JsonParser parser(int row) throws IOException {
    if (!payload.hasArray()) {
      return FACTORY.createParser(column.bytes(row));
    }
    int offset = payload.arrayOffset() + base + payload.getInt(row << 2);
    return FACTORY.createParser(payload.array(), offset, column.length(row));
  }

  /** Moves to the value that the step names. */
  private static boolean descend(JsonParser parser, String step) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = parser.currentName().equals(step);
        parser.nextToken();
        if (found) {
          return true;
        }
        parser.skipChildren();
      }
      return false;
    }
    int position = parser.currentToken() == JsonToken.START_ARRAY ? position(step) : -1;
    if (position < 0) {
      return false;
    }
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      if (i == position) {
        return true;
      }
      parser.skipChildren();
    }
    return false;
  }

  private static int position(String step) {
    boolean digits =
        !step.isEmpty() && step.length() < 10 && step.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Integer.parseInt(step) : -1;
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return Other.MISSING;
    }
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) parser.getDoubleValue()
              : (Object) parser.getLongValue();
      case START_ARRAY -> {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          values.add(value(parser));
        }
        yield values;
      }
      case START_OBJECT -> {
        parser.skipChildren();
        yield Other.OBJECT;
      }
      case VALUE_NULL -> Other.NULL;
      case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> Other.MISSING;
    };
  }
}
