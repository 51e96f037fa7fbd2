package io.tidemark.standalone.search;

import io.tidemark.serving.read.ExplainedSearch;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.wire.Explanations;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.http.HttpEndpoint.Request;
import java.util.List;

/**
 * {@code GET /admin/explain[?collection=DATABASE.NAME]}: the last searches that were sent with
 * {@code explain=true}, the newest first, in JSON as {@link Explanations} has it. For clients that
 * do not show what an answer's status carries. Thread-safe.
 */
public final class ExplainPage {
  private final ReadService reads;

  public ExplainPage(ReadService reads) {
    this.reads = reads;
  }

  public Answer answer(Request request) {
    for (String name : request.parameters().keySet()) {
      if (!name.equals("collection")) {
        return Answer.text(400, "there is no parameter '" + name + "' here; there is collection\n");
      }
    }
    String collection = request.parameters().get("collection");
    List<ExplainedSearch> wanted =
        reads.explained().stream()
            .filter(search -> collection == null || search.collection().equals(collection))
            .toList();
    return Answer.json(200, Explanations.json(wanted) + "\n");
  }
}
