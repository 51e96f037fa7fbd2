package io.tidemark.jobs.run;

import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An option of a job, as its users see it: on the command line, in schedules, in requests.
 *
 * @param name in {@link JobRequest#options}, and with two dashes before it on the command line
 * @param value what stands for its value in help texts; empty for a flag, whose value is {@code
 *     true} or {@code false}
 * @param otherwise what holds if it is not given, in words; empty if there is nothing to say
 * @param about what it does: half a sentence
 */
public record JobOption(String name, String value, String otherwise, String about) {
  public JobOption {
    if (!name.matches("[a-z][a-z0-9-]*") || about.isBlank()) {
      throw new IllegalArgumentException("job option '" + name + "': " + about);
    }
  }

  /** One that is true or false, and false if it is not given. */
  public static JobOption flag(String name, String about) {
    return new JobOption(name, "", "", about);
  }

  public boolean isFlag() {
    return value.isEmpty();
  }

  /**
   * @param options as a request has them
   * @throws TidemarkException INVALID_PARAMETER for one that the job does not have; the message
   *     names those it has
   */
  public static void check(MaintenanceJob job, Map<String, String> options) {
    List<JobOption> known = job.options();
    if (known.isEmpty()) {
      return;
    }
    for (Map.Entry<String, String> given : options.entrySet()) {
      JobOption option =
          known.stream()
              .filter(each -> each.name().equals(given.getKey()))
              .findFirst()
              .orElseThrow(() ->
                  TidemarkException.invalid(
                      job.kind().command()
                          + " has no option '"
                          + given.getKey()
                          + "'; there are "
                          + known.stream().map(JobOption::name).collect(Collectors.joining(", "))));
      if (option.isFlag() && !given.getValue().matches("true|false")) {
        throw TidemarkException.invalid(
            job.kind().command()
                + ": "
                + option.name()
                + " is '"
                + given.getValue()
                + "', expected true or false");
      }
    }
  }
}
