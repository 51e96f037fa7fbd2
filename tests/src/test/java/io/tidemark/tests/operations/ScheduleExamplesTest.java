package io.tidemark.tests.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.jobs.coordinate.schedule.Schedules;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.MaintenanceJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code deploy/schedules} shows can be used as it stands there. */
class ScheduleExamplesTest {
  private static final Path FOLDER = Path.of("..", "deploy", "schedules");

  @Test
  void theScheduleFileIsReadAndItsOptionsExist() {
    List<Schedule> schedules = Schedules.load(FOLDER.resolve("schedules.yaml"));
    assertThat(schedules)
        .extracting(Schedule::kind)
        .contains(JobKind.REINDEX, JobKind.COMPACT, JobKind.EXPIRE);
    for (Schedule schedule : schedules) {
      assertThatCode(() -> JobOption.check(MaintenanceJobs.of(schedule.kind()), schedule.options()))
          .as(schedule.name())
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reindex.crontab", "reindex-cronjob.yaml"})
  void theFlinkRunExamplesNameAJobAndOptionsItHas(String file) throws Exception {
    List<String> words = words(file);
    assertThat(words).contains("flink", "run");
    MaintenanceJob job =
        Class.forName(words.get(words.indexOf("-c") + 1))
            .asSubclass(MaintenanceJob.class)
            .getConstructor()
            .newInstance();
    Map<String, String> options = new TreeMap<>();
    for (int i = words.indexOf("-c"); i < words.size() - 1; i++) {
      if (words.get(i).startsWith("--")) {
        options.put(words.get(i).substring(2), words.get(i + 1));
      }
    }
    assertThat(options.keySet()).contains("catalog", "warehouse", "collection");
    options.keySet().removeAll(List.of("catalog", "warehouse", "collection"));
    JobOption.check(job, options);
    assertThat(options).containsKey("recall-min");
  }

  /** The command, whichever file it is in. */
  private static List<String> words(String file) throws IOException {
    String text =
        Files.readString(FOLDER.resolve(file))
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.strip().replaceFirst("^- ", ""))
            .reduce("", (a, b) -> a + " " + b);
    return Arrays.stream(text.split("\\s+")).map(word -> word.replace("\"", "")).toList();
  }
}
