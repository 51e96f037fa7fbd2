package io.tidemark.jobs.coordinate.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.run.JobKind;
import io.tidemark.model.error.TidemarkException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulesTest {
  @Test
  void without_entries_there_are_the_defaults() {
    assertThat(Schedules.parse("schedules.yaml", "# nothing\n")).isEqualTo(Schedules.DEFAULTS);
    assertThat(Schedules.DEFAULTS)
        .containsExactly(
            new Schedule("expire", JobKind.EXPIRE, 3_600_000, null, List.of(), Map.of(), true));
  }

  @Test
  void a_file_adds_schedules_and_replaces_defaults_of_the_same_name() {
    List<Schedule> schedules =
        Schedules.parse(
            "schedules.yaml",
            """
            nightly:
              kind: compact
              every: 1d
              at: "03:00"
              collections: [books, shop/items]
              options:
                parallelism: 2
            expire:
              kind: expire
              every: 6h
              collections: all
              enabled: false
            """);
    assertThat(schedules)
        .containsExactly(
            new Schedule("expire", JobKind.EXPIRE, 21_600_000, null, List.of(), Map.of(), false),
            new Schedule(
                "nightly",
                JobKind.COMPACT,
                86_400_000,
                "03:00",
                List.of("books", "shop/items"),
                Map.of("parallelism", "2"),
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: compress, every: 1h} | line 2: a.kind is 'compress'",
        "{every: 1h} | line 2: a.kind is ''",
        "{kind: compact} | line 2: a.every is ''",
        "{kind: compact, every: 1w} | line 2: a.every is '1w'",
        "{kind: compact, every: 0s} | line 2: a.every is '0s'",
        "{kind: compact, every: 1d, at: 25:00} | line 2: a.at is '25:00'",
        "{kind: compact, every: 1d, collections: books} | a.collections is 'books'",
        "{kind: compact, every: 1d, when: now} | a.when is '', allowed is one of kind, every",
        "{kind: compact, every: 1d, enabled: 1} | a.enabled is '1', allowed is true or false",
        "{kind: compact, every: 1d, every: 2d} | a.every is '', allowed is given once",
        "7 | line 2: a is '7', allowed is keys and values",
        "[ | is no YAML",
        "'{kind: compact, every: 1d, options: {color: red}}' | line 2: a: compact has no option 'color'",
        "'{kind: compact, every: 1d, options: {files-min: x}}' | a: compact: files-min is 'x', expected",
        "{kind: reindex, every: 1d} | line 2: a: reindex: it is of one collection",
        "'{kind: compact, every: 1d, collections: [b, b]}' | a.collections is 'b', allowed is",
        "'{kind: compact, every: 1d, collections: [../b]}' | a.collections is '../b', allowed is",
        "'{kind: compact, every: 1d, collections: []}' | a.collections is '', allowed is all, or a list",
        "{kind: compact, every: -1d} | a.every is '-1d'",
        "{kind: compact, every: 9999999d} | a.every is '9999999d'",
        "{kind: compact, every: * * * * *} | is no YAML",
      })
  void what_is_wrong_is_said_with_line_key_value_and_what_is_allowed(
      String entry, String expected) {
    assertThatThrownBy(() -> Schedules.parse("schedules.yaml", "# first\na: " + entry))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("schedules.yaml")
        .hasMessageContaining(expected.strip());
  }

  @Test
  void a_file_that_cannot_be_read_is_named_with_the_reason(@TempDir Path folder) throws Exception {
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0, 1, 2});
    assertThatThrownBy(() -> Schedules.load(binary)).hasMessageContaining("is no text in UTF-8");
    Path none = folder.resolve("none.yaml");
    assertThatThrownBy(() -> Schedules.load(none)).hasMessageContaining("there is no file " + none);
    assertThatThrownBy(() -> Schedules.load(folder)).hasMessageContaining("cannot read " + folder);
    Path deep = Files.writeString(folder.resolve("deep.yaml"), "[".repeat(100_000));
    assertThatThrownBy(() -> Schedules.load(deep))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("deep.yaml");
    Path empty = Files.createFile(folder.resolve("empty.yaml"));
    assertThat(Schedules.load(empty)).isEqualTo(Schedules.DEFAULTS);
  }

  @Test
  void the_next_time_is_counted_from_the_time_of_day_or_from_the_last_run() {
    Schedule nightly = schedule(Duration.ofDays(1), "03:00");
    assertThat(nightly.nextMs(at("2026-03-01T02:59:59Z"))).isEqualTo(at("2026-03-01T03:00:00Z"));
    assertThat(nightly.nextMs(at("2026-03-01T03:00:00Z"))).isEqualTo(at("2026-03-02T03:00:00Z"));
    Schedule sixHourly = schedule(Duration.ofHours(6), "03:00");
    assertThat(sixHourly.nextMs(at("2026-03-01T01:00:00Z"))).isEqualTo(at("2026-03-01T03:00:00Z"));
    assertThat(sixHourly.nextMs(at("2026-03-01T22:00:00Z"))).isEqualTo(at("2026-03-02T03:00:00Z"));
    Schedule loose = schedule(Duration.ofHours(6), null);
    assertThat(loose.nextMs(at("2026-03-01T01:10:00Z"))).isEqualTo(at("2026-03-01T07:10:00Z"));
  }

  private static Schedule schedule(Duration every, String at) {
    return new Schedule("a", JobKind.COMPACT, every.toMillis(), at, List.of(), Map.of(), true);
  }

  private static long at(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }
}
