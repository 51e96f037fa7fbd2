package io.tidemark.sql.procedure;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.model.error.TidemarkException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.procedures.Procedure;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/**
 * A procedure that asks the server for one batch job and waits for its end. Every one takes, beside
 * what it names itself, {@code options} ({@code 'NAME=VALUE;NAME=VALUE'}, as the command line's)
 * and {@code wait}.
 */
abstract class JobProcedure implements Procedure {
  static final String RESULT =
      "ROW<id STRING, kind STRING, collection STRING, state STRING, seconds DOUBLE, figures STRING>";

  private final Endpoint endpoint;
  private final String kind;

  JobProcedure(Endpoint endpoint, String kind) {
    this.endpoint = endpoint;
    this.kind = kind;
  }

  /**
   * @param collection {@code NAME} or {@code DATABASE.NAME}; null for all
   * @param named options, null for those that were not given
   * @param wait null for true
   */
  final Row[] run(
      @Nullable String collection,
      Map<String, @Nullable Object> named,
      @Nullable String options,
      @Nullable Boolean wait) {
    Map<String, String> parameters = new TreeMap<>(parse(options));
    parameters.put("kind", kind);
    if (collection != null && !collection.isBlank()) {
      int dot = collection.indexOf('.');
      parameters.put("collection", collection.substring(dot + 1));
      if (dot > 0) {
        parameters.put("database", collection.substring(0, dot));
      }
    }
    named.forEach((name, value) -> {
      if (value != null) {
        parameters.put(name, String.valueOf(value));
      }
    });
    try (JobsClient jobs = new JobsClient(endpoint)) {
      Job job = jobs.ask(parameters);
      return new Row[] {row(wait == null || wait ? checked(jobs.toTheEnd(job)) : job)};
    } catch (TidemarkException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  private static Map<String, String> parse(@Nullable String options) {
    Map<String, String> parsed = new TreeMap<>();
    if (options != null) {
      for (String option : options.split(";")) {
        int equals = option.indexOf('=');
        if (!option.isBlank() && equals < 1) {
          throw new ValidationException(
              "options: '" + option.trim() + "' is no NAME=VALUE; several are parted by ';'");
        }
        if (equals > 0) {
          parsed.put(option.substring(0, equals).trim(), option.substring(equals + 1).trim());
        }
      }
    }
    return parsed;
  }

  private static Job checked(Job job) {
    if (!job.state().equals("done")) {
      throw new ValidationException(
          job.kind()
              + (job.collection().isEmpty() ? "" : " " + job.collection())
              + ": job "
              + job.id()
              + " "
              + job.state()
              + (job.message().isEmpty() ? "" : ": " + job.message()));
    }
    return job;
  }

  private static Row row(Job job) {
    double seconds =
        job.ended() && job.startedMs() > 0 ? (job.endedMs() - job.startedMs()) / 1e3 : 0;
    // As text: the client prints a map of a call's result as an object's address.
    String figures =
        new TreeMap<>(job.figures())
            .entrySet().stream().map(Object::toString).collect(Collectors.joining(", "));
    return Row.of(job.id(), job.kind(), job.collection(), job.state(), seconds, figures);
  }
}
