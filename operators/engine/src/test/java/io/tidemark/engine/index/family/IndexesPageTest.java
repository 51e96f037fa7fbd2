package io.tidemark.engine.index.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the page about indexes to the families that there are; {@code -Dreference.write=true}
 * writes it.
 */
class IndexesPageTest {
  private static final Path PAGE = Path.of("../../docs/indexes.md");
  private static final String START = "<!-- families: generated, see IndexesPageTest -->\n";
  private static final String END = "<!-- end of families -->\n";

  @Test
  void everyTypeHasAFamily() {
    assertThat(IndexFamilies.all())
        .extracting(IndexFamily::type)
        .containsExactlyInAnyOrder(IndexType.values());
    for (IndexType type : IndexType.values()) {
      assertThat(IndexFamilies.of(type).type()).isEqualTo(type);
    }
  }

  @Test
  void thePageHasEveryFamilyWithItsParameters() throws IOException {
    String page = Files.readString(PAGE);
    String wanted =
        page.substring(0, page.indexOf(START) + START.length())
            + families()
            + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("reference.write")) {
      Files.writeString(PAGE, wanted);
    }
    assertThat(Files.readString(PAGE))
        .as("run this test with -Dreference.write=true, and look at what changed")
        .isEqualTo(wanted);
  }

  private static String families() {
    StringBuilder text = new StringBuilder();
    for (IndexFamily family : IndexFamilies.all()) {
      text.append("\n## ").append(family.type()).append("\n\n").append(family.about());
      text.append("\n\n");
      for (DataType type : family.vectorTypes()) {
        text.append("- ")
            .append(type)
            .append(": ")
            .append(
                family.metrics(type).stream().map(Metric::name).collect(Collectors.joining(", ")))
            .append('\n');
      }
      if (!family.buildParameters().isEmpty() || !family.searchParameters().isEmpty()) {
        text.append("\n| parameter | of | values | default | |\n|---|---|---|---|---|\n");
        rows(text, "the index", family.buildParameters());
        rows(text, "a search", family.searchParameters());
      }
    }
    return text.append('\n').toString();
  }

  private static void rows(StringBuilder text, String of, List<IndexParameter> parameters) {
    for (IndexParameter parameter : parameters) {
      text.append("| `")
          .append(parameter.name())
          .append("` | ")
          .append(of)
          .append(" | ")
          .append(parameter.range())
          .append(" | ")
          .append(parameter.byDefault())
          .append(" | ")
          .append(parameter.about())
          .append(" |\n");
    }
  }
}
