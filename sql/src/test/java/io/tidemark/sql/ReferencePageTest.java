package io.tidemark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sql.catalog.CatalogOptions;
import io.tidemark.sql.model.ModelOptions;
import io.tidemark.sql.table.TableOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/**
 * Holds the reference page to the options that there are; {@code -Dreference.write=true} writes it.
 */
class ReferencePageTest {
  private static final Path PAGE = Path.of("../docs/sql/reference.md");

  @Test
  void thePageHasEveryOptionWithTypeDefaultAndMeaning() throws IOException {
    String page = page();
    if (Boolean.getBoolean("reference.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("run this test with -Dreference.write=true, and look at what changed")
        .isEqualTo(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            "# Reference: every option\n\nGenerated from the code. `<…>` stands for a column or a name of yours.\n");
    Map<String, List<ConfigOption<?>>> sections = new LinkedHashMap<>();
    sections.put("Catalogs: `'type'='tidemark'`", TableOptions.of(CatalogOptions.class));
    for (Class<?> defining : TableOptions.classes()) {
      sections.put("Tables: `" + defining.getSimpleName() + "`", TableOptions.of(defining));
    }
    sections.put("Models: `'provider'='tidemark-onnx'`", TableOptions.of(ModelOptions.class));
    sections.forEach((title, options) -> {
      page.append("\n## ")
          .append(title)
          .append("\n\n| option | type | default | |\n|---|---|---|---|\n");
      options.forEach(option ->
          page.append("| `")
              .append(option.key())
              .append("` | ")
              .append(type(option))
              .append(" | ")
              .append(value(option))
              .append(" | ")
              .append(about(option))
              .append(" |\n"));
    });
    return page.toString();
  }

  /** Options know their types and do not tell. */
  private static String type(ConfigOption<?> option) {
    try {
      Field field = ConfigOption.class.getDeclaredField("clazz");
      field.setAccessible(true);
      return ((Class<?>) field.get(option)).getSimpleName();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no type of " + option, e);
    }
  }

  private static String value(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (value == null) {
      return "none";
    }
    String text =
        value instanceof Duration time ? TimeUtils.formatWithHighestUnit(time) : value.toString();
    return text.isEmpty() ? "empty" : "`" + text + "`";
  }

  private static String about(ConfigOption<?> option) {
    return new HtmlFormatter()
        .format(option.description())
        .replace("|", "\\|")
        .replaceAll("\\s+", " ");
  }
}
