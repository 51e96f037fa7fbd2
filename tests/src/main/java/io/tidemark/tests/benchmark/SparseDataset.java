package io.tidemark.tests.benchmark;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tidemark.engine.vector.SparseQuery;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Sparse vectors from the {@code .jsonl.gz} files of a folder, by name: in each line an object with
 * the member {@code v}, from token to weight. Tokens are numbered as they come.
 *
 * @param rows index to value
 */
public record SparseDataset(List<SortedMap<Long, Float>> rows) {
  public SparseDataset {
    rows = List.copyOf(rows);
  }

  public static SparseDataset read(Path folder) {
    Map<String, Long> numbers = new HashMap<>();
    List<SortedMap<Long, Float>> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl.gz")).sorted().toList()) {
        try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
          reader.lines().forEach(line -> rows.add(row(line, numbers)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + folder, e);
    }
    return new SparseDataset(rows);
  }

  private static SortedMap<Long, Float> row(String line, Map<String, Long> numbers) {
    JsonObject vector = JsonParser.parseString(line).getAsJsonObject().getAsJsonObject("v");
    SortedMap<Long, Float> row = new TreeMap<>();
    for (Map.Entry<String, JsonElement> element : vector.entrySet()) {
      long index = numbers.computeIfAbsent(element.getKey(), token -> (long) numbers.size());
      row.put(index, element.getValue().getAsFloat());
    }
    return row;
  }

  static SparseQuery query(SortedMap<Long, Float> row) {
    float[] values = new float[row.size()];
    int next = 0;
    for (float value : row.values()) {
      values[next++] = value;
    }
    return new SparseQuery(row.keySet().stream().mapToInt(Long::intValue).toArray(), values);
  }
}
