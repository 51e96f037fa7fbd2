package io.tidemark.tests.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A job of a running Tidemark, asked for over HTTP and left to itself. */
public final class BackgroundJob {
  private static final Set<String> ENDS = Set.of("done", "failed", "cancelled");
  private static final long END_LIMIT_S = 120;
  private static final long LOOK_EVERY_MS = 50;

  private final TidemarkProcess tidemark;
  private final String id;

  private BackgroundJob(TidemarkProcess tidemark, String id) {
    this.tidemark = tidemark;
    this.id = id;
  }

  /**
   * @param options of the job, with its kind, and its collection if it is of one
   */
  public static BackgroundJob start(TidemarkProcess tidemark, Map<String, String> options)
      throws IOException, InterruptedException {
    String query =
        options.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer = tidemark.post("/admin/jobs?" + query);
    if (answer.statusCode() != 202) {
      throw new IllegalStateException(query + ": " + answer.statusCode() + " " + answer.body());
    }
    return new BackgroundJob(
        tidemark, JsonParser.parseString(answer.body()).getAsJsonObject().get("id").getAsString());
  }

  private JsonObject look() throws IOException, InterruptedException {
    return JsonParser.parseString(tidemark.get("/admin/jobs?id=" + id).body()).getAsJsonObject();
  }

  public boolean hasEnded() throws IOException, InterruptedException {
    return ENDS.contains(look().get("state").getAsString());
  }

  /** Waits for its end and tells how that was: {@code done}, {@code failed} or the like. */
  public String awaitEnd() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_LIMIT_S);
    JsonObject job = look();
    while (!ENDS.contains(job.get("state").getAsString())) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("job has not ended within " + END_LIMIT_S + " s: " + job);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
      job = look();
    }
    String state = job.get("state").getAsString();
    return state.equals("done") ? state : state + ": " + job;
  }
}
