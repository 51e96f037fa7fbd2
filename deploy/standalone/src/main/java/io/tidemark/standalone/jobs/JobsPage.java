package io.tidemark.standalone.jobs;

import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.coordinate.JobRequests;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.write.FlushLog;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.http.HttpEndpoint.Request;
import io.tidemark.stores.lake.Lake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code /admin/jobs}; answers are {@link JobView}s in JSON, refusals a line of text. Thread-safe.
 *
 * <pre>
 * POST   ?kind=KIND[&amp;collection=NAME[&amp;database=DB]][&amp;id=ID][&amp;OPTION=VALUE]…   asks for a job: 202
 * GET    ?id=ID        how far it is
 * GET    [?all=true]   those that have not ended and the last 20 that have, or all; youngest first
 * DELETE ?id=ID        asks that it does not start, or stops: 202
 * </pre>
 */
public final class JobsPage {
  /** What may be done to it over HTTP. */
  public static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "DELETE");

  private static final int ENDED_SHOWN = 20;
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(10);
  private static final String ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

  private final JobRequests requests;
  private final Lake lake;
  private final FlushLog flushes;
  private final CollectionNames names;

  /** Owns none of what it is given. */
  public JobsPage(JobRequests requests, Lake lake, ControlStore control, FlushLog flushes) {
    this.requests = requests;
    this.lake = lake;
    this.flushes = flushes;
    this.names = new CollectionNames(control);
  }

  public Answer answer(Request request) {
    try {
      return switch (request.method()) {
        case "GET" -> show(request.parameters());
        case "POST" -> ask(request.parameters());
        case "DELETE" -> cancel(request.parameters());
        default -> throw new IllegalArgumentException("method " + request.method());
      };
    } catch (TidemarkException e) {
      return Answer.text(status(e.code()), e.getMessage() + "\n");
    } catch (IllegalArgumentException e) {
      return Answer.text(400, e.getMessage() + "\n");
    }
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND -> 404;
      default -> code.retriable() ? 503 : 400;
    };
  }

  private Answer ask(Map<String, String> parameters) {
    Map<String, String> options = new TreeMap<>(parameters);
    JobKind kind = JobKind.ofCommand(options.getOrDefault("kind", ""));
    String id = options.getOrDefault("id", UUID.randomUUID().toString().substring(0, 8));
    String database = options.getOrDefault("database", CollectionInfo.DEFAULT_DATABASE);
    String name = options.get("collection");
    if (name == null && options.containsKey("database")) {
      throw TidemarkException.invalid(
          kind.command()
              + ": database is '"
              + database
              + "', but no collection is given: a job is over one collection, or over those of all databases");
    }
    if (!id.matches(ID)) {
      throw TidemarkException.invalid(
          "job id '"
              + shown(id)
              + "' is invalid: expected up to 100 letters, digits, '.', '_' or '-', the first a letter or digit");
    }
    List.of("kind", "id", "database", "collection").forEach(options::remove);
    MaintenanceJobs.of(kind).check(options, name == null);
    Long collectionId = null;
    if (name != null) {
      CollectionInfo collection = collection(database, name);
      collectionId = collection.id();
      Optional<Answer> refused = refusal(kind, collection);
      if (refused.isPresent()) {
        return refused.get();
      }
      if (kind == JobKind.INDEX && !options.containsKey("up-to")) {
        options.put("up-to", Long.toString(flushes.flush(collection, FLUSH_LIMIT)));
      }
    }
    // Who asks by hand means what is there now.
    if (kind == JobKind.INDEX) {
      options.putIfAbsent("force", "true");
    }
    JobRequest request = new JobRequest(id, kind, collectionId, options, "user");
    JobRecord record = requests.submit(request);
    if (!sameButForTime(record.request(), request)) {
      return Answer.text(
          409,
          "job "
              + id
              + " is known already and is another: "
              + JobText.what(view(record))
              + " "
              + record.request().options()
              + "; give another id, or none\n");
    }
    return Answer.json(202, view(record).toJson());
  }

  /** Asked again, an index build would be up to a later time. */
  private static boolean sameButForTime(JobRequest known, JobRequest asked) {
    Map<String, String> knownOptions = new TreeMap<>(known.options());
    Map<String, String> askedOptions = new TreeMap<>(asked.options());
    if (known.kind() == JobKind.INDEX) {
      knownOptions.remove("up-to");
      askedOptions.remove("up-to");
    }
    return known.kind() == asked.kind()
        && known.collection().equals(asked.collection())
        && knownOptions.equals(askedOptions);
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= 100 ? line : line.substring(0, 100) + "…";
  }

  private static void checkOnly(Map<String, String> parameters, String... known) {
    for (String name : parameters.keySet()) {
      if (!List.of(known).contains(name)) {
        throw TidemarkException.invalid(
            "there is no parameter '" + shown(name) + "' here; there are " + List.of(known));
      }
    }
  }

  private CollectionInfo collection(String database, String name) {
    return lake.collection(database, name)
        .orElseThrow(() ->
            new TidemarkException(
                ErrorCode.COLLECTION_NOT_FOUND,
                "collection not found[database="
                    + database
                    + "][collection="
                    + name
                    + "]; tidemark status lists those that are there"));
  }

  private static Optional<Answer> refusal(JobKind kind, CollectionInfo collection) {
    return kind == JobKind.INDEX
            && collection.indexes().stream().noneMatch(index -> index.type().builds())
        ? Optional.of(
            Answer.text(
                409,
                "collection "
                    + collection.name()
                    + " has no index to build: create one first, of a type other than FLAT\n"))
        : Optional.empty();
  }

  private Answer show(Map<String, String> parameters) {
    checkOnly(parameters, "id", "all");
    String id = parameters.get("id");
    if (id != null) {
      return requests
          .record(id)
          .map(record -> Answer.json(200, view(record).toJson()))
          .orElseGet(() -> unknown(id));
    }
    String all = parameters.getOrDefault("all", "false");
    if (!all.equals("true") && !all.equals("false")) {
      throw TidemarkException.invalid("all is '" + shown(all) + "', expected true or false");
    }
    List<JobRecord> records = requests.records();
    Stream<JobRecord> ended = records.stream().filter(record -> record.state().ended());
    return Answer.json(
        200,
        JobView.toJson(
            Stream.concat(
                    records.stream().filter(record -> !record.state().ended()),
                    all.equals("true") ? ended : ended.limit(ENDED_SHOWN))
                .map(this::view)
                .toList()));
  }

  private Answer cancel(Map<String, String> parameters) {
    checkOnly(parameters, "id");
    String id = parameters.get("id");
    Optional<JobRecord> record = id == null ? Optional.empty() : requests.record(id);
    if (id == null || record.isEmpty()) {
      return unknown(id);
    }
    if (record.get().state().ended()) {
      return Answer.text(
          409, "job " + id + " has ended already: " + view(record.get()).state() + "\n");
    }
    requests.cancel(id);
    return Answer.json(202, view(requests.record(id).orElse(record.get())).toJson());
  }

  private static Answer unknown(@Nullable String id) {
    return id == null
        ? Answer.text(400, "give the job's id\n")
        : Answer.text(
            404,
            "no job '" + shown(id) + "', or it ended long ago; 'tidemark jobs --all' lists them\n");
  }

  /** All that are remembered, the youngest request first. */
  public List<JobView> all() {
    return requests.records().stream().map(this::view).toList();
  }

  private JobView view(JobRecord record) {
    Long collection = record.request().collectionId();
    return JobView.of(record, collection == null ? "" : names.of(collection));
  }
}
