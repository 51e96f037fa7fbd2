package io.tidemark.jobs.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a run ended well.
 *
 * @param figures what it did, in the order to be shown; names are snake case with the unit, values
 *     short texts
 */
public record JobReport(Map<String, String> figures) {
  public JobReport {
    figures = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /** Names and values in turn. */
  public static JobReport of(Object... namesAndValues) {
    Map<String, String> figures = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      figures.put(String.valueOf(namesAndValues[i]), String.valueOf(namesAndValues[i + 1]));
    }
    return new JobReport(figures);
  }

  /** For people: the figures that are not zero. */
  public String text() {
    String text =
        figures.entrySet().stream()
            .filter(figure -> !figure.getValue().equals("0"))
            .map(figure -> figure.getKey() + " " + figure.getValue())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "nothing to do" : text;
  }

  @Override
  public String toString() {
    return figures.entrySet().stream()
        .map(figure -> figure.getKey() + "=" + figure.getValue())
        .collect(Collectors.joining(" "));
  }
}
